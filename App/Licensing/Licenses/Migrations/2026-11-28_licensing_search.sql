-- What is searched, as Folding has it.
ALTER TABLE batches ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';
ALTER TABLE licenses ADD COLUMN note_folded TEXT NOT NULL DEFAULT '';
-- fold batches (id) name_folded = name
-- fold licenses (id) note_folded = note
DROP INDEX licenses_note;
CREATE INDEX licenses_note ON licenses (tenant_id, note_folded) WHERE note_folded <> '';
