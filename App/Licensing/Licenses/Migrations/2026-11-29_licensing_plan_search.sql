-- What plans are searched by, as Folding has it.
ALTER TABLE plans ADD COLUMN folded TEXT NOT NULL DEFAULT '';
-- fold plans (id) folded = name, prefix, notes
