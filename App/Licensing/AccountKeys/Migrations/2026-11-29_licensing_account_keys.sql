-- Keys that customers have put on their accounts: whoever knows a key may.
CREATE TABLE account_keys (
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  license_id TEXT NOT NULL REFERENCES licenses (id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  added_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, license_id)
);
CREATE INDEX account_keys_license ON account_keys (license_id);
