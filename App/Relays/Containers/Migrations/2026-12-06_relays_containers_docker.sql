-- Servers of kind docker: which engine, and why it cannot be used. Times in unix milliseconds.
ALTER TABLE relay_servers RENAME COLUMN settings TO docker;
ALTER TABLE relay_servers ADD COLUMN engine_error TEXT;  -- as a message; null: it can be used

-- Which appliance this is: what engines have of it carries that in a label.
ALTER TABLE relay_fleet ADD COLUMN owner TEXT NOT NULL DEFAULT '';

-- Containers that dial out to the appliance, each by a secret of its own; and those on trial, which are nobody's.
CREATE TABLE relay_container_links (
  id TEXT NOT NULL PRIMARY KEY,            -- the container's
  container_id TEXT REFERENCES relay_containers (id) ON DELETE CASCADE,  -- null: on trial
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  server_id TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  image TEXT NOT NULL DEFAULT '',          -- what it was made from; empty: never made
  made_at BIGINT NOT NULL,                 -- when the secret was
  link_id TEXT,                            -- null: not connected
  held_by TEXT,                            -- the process that has the link, until then
  held_until BIGINT NOT NULL DEFAULT 0,
  connected_at BIGINT,                     -- when the last link began
  seen_at BIGINT,
  version TEXT NOT NULL DEFAULT '',        -- of the program there
  clock_ms BIGINT                          -- how far its clock is ahead of ours
);
CREATE UNIQUE INDEX relay_container_links_secret ON relay_container_links (secret_hash);
CREATE INDEX relay_container_links_container ON relay_container_links (container_id);
CREATE INDEX relay_container_links_server ON relay_container_links (server_id);
CREATE INDEX relay_container_links_held ON relay_container_links (held_by);
