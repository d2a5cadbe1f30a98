-- The form that keys are looked up by: without dashes, as people leave them out. Of two keys that differ in their dashes alone, from before
-- there was this, one is looked up with them.
ALTER TABLE licenses ADD COLUMN canonical TEXT /*postgres COLLATE "C" */ NOT NULL DEFAULT '';
UPDATE licenses SET canonical = REPLACE(key, '-', '');
CREATE INDEX licenses_canonical_clash ON licenses (tenant_id, canonical);
UPDATE licenses SET canonical = key WHERE key <> canonical
  AND EXISTS (SELECT 1 FROM licenses o WHERE o.tenant_id = licenses.tenant_id AND o.canonical = licenses.canonical AND o.id <> licenses.id AND (o.key = o.canonical OR o.id < licenses.id));
DROP INDEX licenses_canonical_clash;
CREATE UNIQUE INDEX licenses_canonical ON licenses (tenant_id, canonical);
