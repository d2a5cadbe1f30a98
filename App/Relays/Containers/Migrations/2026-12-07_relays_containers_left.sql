-- Which engine a server of kind docker is: behind the same address another may come to stand.
ALTER TABLE relay_servers ADD COLUMN engine_id TEXT NOT NULL DEFAULT '';          -- as the engine itself says; empty: not known yet
ALTER TABLE relay_servers ADD COLUMN engine_containers BIGINT NOT NULL DEFAULT 0; -- of ours, at the last look
CREATE INDEX relay_servers_engine ON relay_servers (engine_id);

-- Engines of servers that were removed, until nothing of ours is left on them. Times in unix milliseconds.
CREATE TABLE relay_left_engines (
  id TEXT NOT NULL PRIMARY KEY,              -- the server's
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,                        -- the server's
  docker TEXT NOT NULL,
  sealed_secrets TEXT NOT NULL,
  engine_id TEXT NOT NULL,
  containers BIGINT NOT NULL,                -- of ours, at the last look
  error TEXT,                                -- why it cannot be cleared, as a message
  left_at BIGINT NOT NULL,
  held_by TEXT,                              -- the process that clears it, until then
  held_until BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX relay_left_engines_tenant ON relay_left_engines (tenant_id, id);
