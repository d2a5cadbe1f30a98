-- Keys that are renewed from the balance of the customer on whose account they are. It goes with the key from the account.
CREATE TABLE auto_renewals (
  license_id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  told_end BIGINT,                         -- the end that its owner was told of
  told_at BIGINT NOT NULL DEFAULT 0,
  price BIGINT NOT NULL DEFAULT 0,         -- as it was told, in minor units
  currency TEXT NOT NULL DEFAULT '',
  failed_at BIGINT,                        -- since when the balance is too small
  look_at BIGINT NOT NULL,                 -- when it is looked at next
  created_at BIGINT NOT NULL,
  FOREIGN KEY (account_id, license_id) REFERENCES account_keys (account_id, license_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX auto_renewals_look ON auto_renewals (look_at);
CREATE INDEX auto_renewals_account ON auto_renewals (tenant_id, account_id);
