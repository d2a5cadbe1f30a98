-- What relays carry. Times in unix milliseconds, sizes in bytes.
ALTER TABLE rentals ADD COLUMN traffic_over BIGINT NOT NULL DEFAULT 0;  -- in the period, beyond all that there was
ALTER TABLE rentals ADD COLUMN period_until BIGINT;                     -- the quota is whole again then
ALTER TABLE rentals ADD COLUMN spent_at BIGINT;                         -- nothing of its traffic is left since then
CREATE INDEX rentals_period ON rentals (period_until) WHERE period_until IS NOT NULL AND released_at IS NULL;

-- Traffic that was bought beside a quota.
CREATE TABLE rental_packs (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  rental_id TEXT NOT NULL REFERENCES rentals (id) ON DELETE CASCADE,
  bytes BIGINT NOT NULL,
  used BIGINT NOT NULL DEFAULT 0,
  until BIGINT,                            -- null: as long as the rental lasts
  created_at BIGINT NOT NULL
);
CREATE INDEX rental_packs_rental ON rental_packs (rental_id, id);

-- What a relay's counters said last, for each of its starts: what is above that is new.
CREATE TABLE relay_baselines (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  slot_id TEXT NOT NULL REFERENCES relay_slots (id) ON DELETE CASCADE,
  epoch TEXT NOT NULL,                     -- names the start
  device TEXT NOT NULL,                    -- its node key; empty: the relay as a whole
  bytes_in BIGINT NOT NULL,
  bytes_out BIGINT NOT NULL,
  packets_in BIGINT NOT NULL,
  packets_out BIGINT NOT NULL,
  rate_in BIGINT NOT NULL,                 -- bytes a second since the reading before
  rate_out BIGINT NOT NULL,
  read_at BIGINT NOT NULL,
  PRIMARY KEY (slot_id, epoch, device)
);
CREATE INDEX relay_baselines_read ON relay_baselines (device, read_at);

-- What was carried, by minute, hour and day.
CREATE TABLE relay_traffic (
  slot_id TEXT NOT NULL REFERENCES relay_slots (id) ON DELETE CASCADE,
  server_id TEXT NOT NULL,
  device TEXT NOT NULL,                    -- empty: what belongs to none, such as greetings of who was refused
  span BIGINT NOT NULL,                    -- seconds: 60, 3600 or 86400; days begin where the business is
  at BIGINT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  rental_id TEXT NOT NULL,
  bytes_in BIGINT NOT NULL,
  bytes_out BIGINT NOT NULL,
  packets_in BIGINT NOT NULL,
  packets_out BIGINT NOT NULL,
  PRIMARY KEY (slot_id, server_id, device, span, at)
);
CREATE INDEX relay_traffic_rental ON relay_traffic (rental_id, span, at);
CREATE INDEX relay_traffic_server ON relay_traffic (server_id, span, at);
CREATE INDEX relay_traffic_tenant ON relay_traffic (tenant_id, span, at);
CREATE INDEX relay_traffic_age ON relay_traffic (span, at);
