-- Which columns of a list a member of staff wants to see; nothing is kept of who has not chosen.
CREATE TABLE list_columns (
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  list TEXT NOT NULL,
  columns TEXT NOT NULL,                   -- names, parted by spaces
  PRIMARY KEY (account_id, list)
);
