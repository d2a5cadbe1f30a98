-- How servers of relays answer, asked from here. Times in unix milliseconds.
ALTER TABLE relay_servers ADD COLUMN probed_at BIGINT;    -- somebody asked it then

CREATE TABLE relay_probes (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  server_id TEXT NOT NULL REFERENCES relay_servers (id) ON DELETE CASCADE,
  span BIGINT NOT NULL,                    -- seconds: 0 (each probe by itself), 300 or 3600
  at BIGINT NOT NULL,                      -- when the span began
  probes BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  ms_sum BIGINT NOT NULL,                  -- of those that did not fail
  ms_most BIGINT NOT NULL,
  PRIMARY KEY (server_id, span, at)
);
CREATE INDEX relay_probes_age ON relay_probes (span, at);

CREATE TABLE relay_server_events (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  server_id TEXT NOT NULL REFERENCES relay_servers (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  health TEXT NOT NULL,                    -- healthy | degraded | down
  error TEXT                               -- what was wrong, as a message
);
CREATE INDEX relay_server_events_server ON relay_server_events (server_id, id);
