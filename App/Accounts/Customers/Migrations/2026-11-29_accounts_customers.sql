-- What is known of a customer beyond a name; of staff all of it is empty.
ALTER TABLE accounts ADD COLUMN email TEXT;              -- lower case
ALTER TABLE accounts ADD COLUMN phone TEXT;              -- E.164
ALTER TABLE accounts ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN pending BIGINT NOT NULL DEFAULT 0; -- 1: the e-mail address is still to be proven
ALTER TABLE accounts ADD COLUMN leaves_at BIGINT;        -- asked to be deleted; until then it can change its mind

-- All that opens an account's door in place of a user name: one name, one account, whatever it is to that account.
CREATE TABLE account_logins (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,                                    -- a user name, an e-mail address or a phone number as stored
  account_id TEXT NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (tenant_id, name)
);
CREATE INDEX account_logins_account ON account_logins (account_id);
INSERT INTO account_logins (tenant_id, name, account_id) SELECT tenant_id, username, id FROM accounts;

CREATE INDEX accounts_disabled ON accounts (tenant_id, kind, id) WHERE disabled_at IS NOT NULL;
CREATE INDEX accounts_pending ON accounts (tenant_id, kind, id) WHERE pending = 1;
CREATE INDEX accounts_leaving ON accounts (tenant_id, kind, id) WHERE leaves_at IS NOT NULL;

-- What customers do with their own accounts; it goes with them.
CREATE TABLE account_events (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id),
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  ip TEXT
);
CREATE INDEX account_events_account ON account_events (account_id, id);
