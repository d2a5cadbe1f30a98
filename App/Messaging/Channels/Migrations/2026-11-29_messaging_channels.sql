-- Where people are told things, beside mail to their own address.
CREATE TABLE channels (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE, -- whose it is; NULL: the staff's
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  language TEXT NOT NULL DEFAULT '',       -- of what is said there; empty: as the tenant has set it
  enabled BIGINT NOT NULL,
  settings TEXT NOT NULL,                  -- JSON: what is no secret
  secrets TEXT NOT NULL,                   -- JSON: the names of those that are set
  sealed_secrets TEXT NOT NULL,            -- JSON, sealed; empty: none
  events TEXT NOT NULL,                    -- JSON: kinds of notices that are to come or not, where it was said
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  last_at BIGINT,                          -- what came of the last try
  last_ok BIGINT NOT NULL DEFAULT 0,
  last_answer TEXT NOT NULL DEFAULT '',    -- a stored message
  refusals BIGINT NOT NULL DEFAULT 0,      -- in a row
  next_send_at BIGINT NOT NULL DEFAULT 0,  -- by its rate, or because the other side wants to be left alone
  held_until BIGINT NOT NULL DEFAULT 0     -- a node is sending just now
);
CREATE INDEX channels_staff ON channels (tenant_id, id) WHERE account_id IS NULL;
CREATE INDEX channels_account ON channels (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX channels_own ON channels (tenant_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX channels_sealed ON channels (id) WHERE sealed_secrets <> '';

-- What is to be told, one row a channel, until it is put into words: at once, with others of its kind, or when the night is over.
CREATE TABLE notices (
  id TEXT NOT NULL PRIMARY KEY,            -- of what happened, and of the channel: nothing is told twice
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  what TEXT NOT NULL,                      -- a stored message
  at BIGINT NOT NULL,
  due_at BIGINT NOT NULL
);
CREATE INDEX notices_due ON notices (due_at);
CREATE INDEX notices_channel ON notices (channel_id, due_at);

-- When a kind was last told by a channel: the next ones of it are gathered for some minutes.
CREATE TABLE notice_turns (
  channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  told_at BIGINT NOT NULL,
  PRIMARY KEY (channel_id, kind)
);
