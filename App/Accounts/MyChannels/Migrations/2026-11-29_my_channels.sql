-- A customer's channel that has not been shown to be theirs yet, and the code that was sent by it.
CREATE TABLE channel_codes (
  channel_id TEXT NOT NULL PRIMARY KEY REFERENCES channels (id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  sealed_code TEXT NOT NULL,
  tries BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

-- When a customer last had something sent at once: a code, a test.
CREATE TABLE channel_sends (
  account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  sent_at BIGINT NOT NULL
);
