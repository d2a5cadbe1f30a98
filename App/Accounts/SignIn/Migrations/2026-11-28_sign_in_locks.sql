-- Wrong passwords in a row, by where they come from. What is counted over all addresses stays in the account's own row: its
-- failures, and as locked_until the time until which strangers have one try an address.
CREATE TABLE sign_in_failures (
  account_id TEXT NOT NULL REFERENCES accounts (id),
  source TEXT NOT NULL,                    -- an IPv4 address, an IPv6 /64, browser:HASH or session:HASH
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  locked_until BIGINT,
  PRIMARY KEY (account_id, source)
);
CREATE INDEX sign_in_failures_age ON sign_in_failures (last_at);

-- Browsers that have signed in before, by the hash of their cookie.
CREATE TABLE known_browsers (
  account_id TEXT NOT NULL REFERENCES accounts (id),
  token_hash TEXT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  last_used_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, token_hash)
);
CREATE INDEX known_browsers_token ON known_browsers (token_hash);
CREATE INDEX known_browsers_age ON known_browsers (last_used_at);
