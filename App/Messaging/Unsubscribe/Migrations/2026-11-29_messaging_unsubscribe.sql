-- Accounts that want no mails but those about the account itself. Nothing here: they get them.
CREATE TABLE mail_choices (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL,
  off_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, account_id)
);
