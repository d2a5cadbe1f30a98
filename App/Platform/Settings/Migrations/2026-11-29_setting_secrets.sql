-- Settings that are secret. The text is sealed with the key file of the data folder; empty: its key is lost.
CREATE TABLE setting_secrets (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  sealed_value TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX setting_secrets_name ON setting_secrets (tenant_id, name);
