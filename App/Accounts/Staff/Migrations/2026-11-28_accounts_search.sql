-- What is searched, as Folding has it.
ALTER TABLE accounts ADD COLUMN folded TEXT NOT NULL DEFAULT '';
ALTER TABLE api_tokens ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';
-- fold accounts (id) folded = username, display_name
-- fold api_tokens (id) name_folded = name
