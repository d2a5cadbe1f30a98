-- What is to happen because a transaction committed, and after it. Times by the database's clock.
CREATE TABLE outbox (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  topic TEXT NOT NULL,                     -- which handler it is for
  dedupe_key TEXT NOT NULL,                -- one message a key, also after it was delivered
  payload TEXT NOT NULL,                   -- emptied when it is delivered
  created_at BIGINT NOT NULL,
  next_try_at BIGINT,                      -- while a node delivers it: when its hold ends; NULL: it is done or dead
  tries BIGINT NOT NULL DEFAULT 0,         -- begun; tells one hold from the next
  done_at BIGINT,
  dead_at BIGINT,                          -- given up
  fault TEXT                               -- why the last try failed
);
CREATE UNIQUE INDEX outbox_dedupe ON outbox (tenant_id, topic, dedupe_key);
CREATE INDEX outbox_due ON outbox (next_try_at, id) WHERE next_try_at IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (topic) WHERE dead_at IS NOT NULL;
