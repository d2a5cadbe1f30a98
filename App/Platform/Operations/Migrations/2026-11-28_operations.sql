-- Work that takes long, as every node sees it. Times by the database's clock.
CREATE TABLE operations (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  kind TEXT NOT NULL,                      -- such as keys.generate
  actor_kind TEXT NOT NULL,                -- who asked for it, as in audit_entries
  actor_id TEXT,
  actor_name TEXT NOT NULL,
  ip TEXT,
  request TEXT NOT NULL,                   -- JSON, in the form of its kind; emptied when it has ended
  dedupe_key TEXT NOT NULL,                -- one operation a key, which names who asked
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  done BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL,
  state TEXT NOT NULL,                     -- waiting | running | succeeded | failed
  result TEXT,                             -- JSON, when it succeeded
  failure TEXT,                            -- JSON of the refusal, when it failed
  tries BIGINT NOT NULL DEFAULT 0,         -- begun; tells one run from the next
  lease_until BIGINT                       -- a run holds it until then and renews it; waiting: since when it is due; NULL: it has ended
);
CREATE UNIQUE INDEX operations_dedupe ON operations (tenant_id, kind, dedupe_key);
CREATE INDEX operations_open ON operations (lease_until, id) WHERE lease_until IS NOT NULL;
CREATE INDEX operations_list ON operations (tenant_id, id);
CREATE INDEX operations_age ON operations (finished_at) WHERE finished_at IS NOT NULL;
