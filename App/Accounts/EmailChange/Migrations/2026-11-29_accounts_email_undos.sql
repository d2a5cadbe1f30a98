-- Links by which whoever reads the address that an account had gets the account back, by the hash of their secret.
CREATE TABLE email_undos (
  token_hash TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  email TEXT NOT NULL,                     -- what it was
  expires_at BIGINT NOT NULL
);
CREATE INDEX email_undos_account ON email_undos (account_id);
CREATE INDEX email_undos_age ON email_undos (expires_at);
