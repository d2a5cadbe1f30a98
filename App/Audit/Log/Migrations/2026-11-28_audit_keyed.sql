-- What the chain is keyed with from here on, sealed under the key file. Empty: lost with a key file of before.
CREATE TABLE audit_secrets (
  id TEXT NOT NULL PRIMARY KEY,
  sealed_secret TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  lost_at BIGINT
);
-- That the row was written by whoever has the secret. The first server that starts marks the ones of before.
ALTER TABLE audit_heads ADD COLUMN mark TEXT;
