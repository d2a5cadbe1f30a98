-- Where a server's own host reaches the appliance, when not by its public address.
ALTER TABLE relay_servers ADD COLUMN link_url TEXT NOT NULL DEFAULT '';

-- Servers whose host dials out to the appliance: what lets it in, and the link that it has. Times in unix milliseconds.
CREATE TABLE relay_hosts (
  server_id TEXT NOT NULL PRIMARY KEY REFERENCES relay_servers (id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  secret_hash TEXT NOT NULL,               -- of the join token that is valid
  made_at BIGINT NOT NULL,                 -- when that was made
  link_id TEXT,                            -- null: not connected
  connected_at BIGINT,                     -- when the last link began
  version TEXT NOT NULL DEFAULT '',        -- of the program there
  clock_ms BIGINT                          -- how far its clock is ahead of ours
);
CREATE UNIQUE INDEX relay_hosts_secret ON relay_hosts (secret_hash);
