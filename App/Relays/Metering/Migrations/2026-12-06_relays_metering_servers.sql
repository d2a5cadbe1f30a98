-- What each server carried, by day: its provider's allowance is held against it.
CREATE TABLE relay_server_traffic (
  server_id TEXT NOT NULL,
  at BIGINT NOT NULL,                      -- when the day began, where the business is
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  bytes_in BIGINT NOT NULL,
  bytes_out BIGINT NOT NULL,
  PRIMARY KEY (server_id, at)
);
CREATE INDEX relay_server_traffic_tenant ON relay_server_traffic (tenant_id, at);
INSERT INTO relay_server_traffic (server_id, at, tenant_id, bytes_in, bytes_out)
  SELECT server_id, at, tenant_id, CAST(SUM(bytes_in) AS BIGINT), CAST(SUM(bytes_out) AS BIGINT) FROM relay_traffic WHERE span = 86400 GROUP BY server_id, at, tenant_id;
-- Whose relays are on a server now.
CREATE INDEX relay_slots_live ON relay_slots (tenant_id, server_id, account_id) WHERE released_at IS NULL;
