-- Customers' own links to sign up by. One may have several: of accounts that have become one.
CREATE TABLE invite_codes (
  code TEXT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, code)
);
CREATE INDEX invite_codes_account ON invite_codes (tenant_id, account_id);
-- Who signed up by one, and what the other got for it: once a mailbox, whoever has it.
CREATE TABLE invited (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT,                         -- null: it is gone
  inviter TEXT NOT NULL,                   -- an account; empty: it is gone
  mailbox TEXT NOT NULL,                   -- a keyed hash: it stays when the account goes
  state TEXT NOT NULL,                     -- waiting, earned, void
  kind TEXT NOT NULL DEFAULT '',           -- points, balance
  amount BIGINT NOT NULL DEFAULT 0,        -- points, or minor units of the currency
  currency TEXT NOT NULL DEFAULT '',
  order_id TEXT,                           -- that earned it
  created_at BIGINT NOT NULL,
  settled_at BIGINT
);
CREATE UNIQUE INDEX invited_mailbox ON invited (tenant_id, mailbox);
CREATE INDEX invited_account ON invited (tenant_id, account_id);
CREATE INDEX invited_inviter ON invited (tenant_id, inviter, id);
CREATE INDEX invited_waiting ON invited (id) WHERE state = 'waiting';
