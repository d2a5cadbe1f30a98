-- Which key file the sealed texts are sealed under: one row, written by the first start, replaced by a rotation.
CREATE TABLE key_fingerprint (
  id BIGINT NOT NULL PRIMARY KEY,          -- 1
  fingerprint TEXT NOT NULL,               -- 64 hex digits, derived from the key
  since BIGINT NOT NULL
);

-- All of a tenant's keys, retired ones too, are published.
CREATE INDEX signing_keys_tenant ON signing_keys (tenant_id, created_at);
