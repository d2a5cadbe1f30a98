-- Keys that people's devices and password managers keep, to sign in with instead of a password. Only the public half is here.
CREATE TABLE passkeys (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  rp_id TEXT NOT NULL,                     -- the host name that it was made at: browsers offer it nowhere else
  credential_id TEXT NOT NULL,             -- base64url, as the browser names it
  public_key TEXT NOT NULL,                -- base64url of the COSE key
  user_handle TEXT NOT NULL,               -- base64url of what the device calls the account: tells nothing of it
  sign_count BIGINT NOT NULL,              -- of the last use; 0 where the device does not count
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT
);
CREATE UNIQUE INDEX passkeys_credential ON passkeys (tenant_id, credential_id);
CREATE INDEX passkeys_account ON passkeys (account_id, id);

-- Challenges that were answered: none is answered twice. Those that are not carry all that is known of them in themselves.
CREATE TABLE passkey_challenges (
  challenge TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  expires_at BIGINT NOT NULL
);
CREATE INDEX passkey_challenges_end ON passkey_challenges (expires_at);

-- How somebody came in: password, code (after the password) or passkey. NULL: before this was noted.
ALTER TABLE sign_ins ADD COLUMN method TEXT;
