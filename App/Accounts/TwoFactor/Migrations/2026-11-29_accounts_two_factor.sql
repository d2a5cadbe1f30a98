-- The second step of signing in: a secret shared with an authenticator app.
CREATE TABLE two_factors (
  account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  sealed_secret TEXT NOT NULL,             -- empty: the key it was sealed under is lost, only recovery codes open
  begun_at BIGINT NOT NULL,
  confirmed_at BIGINT,                     -- NULL: shown, and not yet proved by a code; it asks for nothing until then
  last_counter BIGINT NOT NULL DEFAULT 0,  -- of the last code that was taken: neither it nor one before it is taken again
  failures BIGINT NOT NULL DEFAULT 0       -- wrong codes in a row, from wherever they came
);

-- For the day the phone is gone: each opens once, and only its hash is kept.
CREATE TABLE recovery_codes (
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  used_at BIGINT,
  PRIMARY KEY (account_id, code_hash)
);

-- Who has shown the right password and not yet a code.
CREATE TABLE half_sessions (
  id_hash TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX half_sessions_account ON half_sessions (account_id, created_at);
CREATE INDEX half_sessions_age ON half_sessions (created_at);

-- When its person last showed a password or a code, and when a code. NULL: before this was noted, or never.
ALTER TABLE sessions ADD COLUMN proved_at BIGINT;
ALTER TABLE sessions ADD COLUMN second_factor_at BIGINT;
