-- Where a map went, by what was known when it did; 'place_folded' is both, to search in.
ALTER TABLE acl_log ADD COLUMN country TEXT NOT NULL DEFAULT '';
ALTER TABLE acl_log ADD COLUMN city TEXT NOT NULL DEFAULT '';
ALTER TABLE acl_log ADD COLUMN place_folded TEXT NOT NULL DEFAULT '';
