-- Codes that show that who types one in reads an address. An address that several sign up with, only one of whom reads it, has one for
-- each, with the password that it comes with.
CREATE TABLE email_codes (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id),
  purpose TEXT NOT NULL,                   -- sign_up
  sealed_code TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  wanted_username TEXT NOT NULL DEFAULT '',-- what the account asks to be called; nobody's until the address is shown to be theirs
  tries BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX email_codes_account ON email_codes (account_id, purpose);
CREATE INDEX email_codes_age ON email_codes (expires_at);

-- Links that set a new password, by the hash of their secret.
CREATE TABLE password_resets (
  token_hash TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id),
  expires_at BIGINT NOT NULL
);
CREATE INDEX password_resets_account ON password_resets (account_id);
CREATE INDEX password_resets_age ON password_resets (expires_at);

-- What strangers had mails sent for, for an hour: by network, and by the address's keyed hash.
CREATE TABLE mail_requests (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  at BIGINT NOT NULL,
  network TEXT NOT NULL,
  address_hash TEXT NOT NULL
);
CREATE INDEX mail_requests_network ON mail_requests (tenant_id, network, at);
CREATE INDEX mail_requests_address ON mail_requests (tenant_id, address_hash, at);
CREATE INDEX mail_requests_age ON mail_requests (tenant_id, at);

-- Solved challenges, until they would be out of date by themselves: each opens one door once.
CREATE TABLE used_challenges (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  expires_at BIGINT NOT NULL
);
CREATE INDEX used_challenges_age ON used_challenges (expires_at);
