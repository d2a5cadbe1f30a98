-- What staff want to remember of a customer.
CREATE TABLE account_notes (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id),
  text TEXT NOT NULL,
  author TEXT NOT NULL,                    -- the name of who wrote it, as it was then
  created_at BIGINT NOT NULL
);
CREATE INDEX account_notes_list ON account_notes (account_id, id);
