-- What the list of customers is sorted by beside the day they came, each with an index that gives a page of it at once.
ALTER TABLE accounts ADD COLUMN sort_name TEXT /*postgres COLLATE "C" */ NOT NULL DEFAULT '';   -- the beginning of what staff call them, as Folding has it
ALTER TABLE accounts ADD COLUMN points BIGINT NOT NULL DEFAULT 0;                                -- what the last entry of the ledger says, written with it
/*postgres ALTER TABLE accounts ALTER COLUMN email TYPE TEXT COLLATE "C"; */
UPDATE accounts SET sort_name = substr(COALESCE(NULLIF(display_name, ''), email, username), 1, 40) WHERE kind = 'customer';
UPDATE accounts SET points = COALESCE((SELECT p.balance FROM point_entries p WHERE p.account_id = accounts.id ORDER BY p.number DESC LIMIT 1), 0) WHERE kind = 'customer';
-- fold accounts (id) sort_name = sort_name
CREATE INDEX accounts_by_name ON accounts (tenant_id, sort_name, id) WHERE kind = 'customer';
CREATE INDEX accounts_by_email ON accounts (tenant_id, COALESCE(email, '~'), id) WHERE kind = 'customer';
CREATE INDEX accounts_by_sign_in ON accounts (tenant_id, COALESCE(last_sign_in_at, 0), id) WHERE kind = 'customer';
CREATE INDEX accounts_by_points ON accounts (tenant_id, points, id) WHERE kind = 'customer';
