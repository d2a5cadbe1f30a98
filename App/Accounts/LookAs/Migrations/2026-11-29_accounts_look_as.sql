-- Staff who see a customer's pages as the customer would: for half an hour, in one session of theirs.
CREATE TABLE look_as (
  id_hash TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  session_hash TEXT NOT NULL,
  account_id TEXT NOT NULL,
  ends_at BIGINT NOT NULL
);
CREATE INDEX look_as_session ON look_as (session_hash);
CREATE INDEX look_as_account ON look_as (account_id);
CREATE INDEX look_as_age ON look_as (ends_at);
