-- Machines that run relays. Times in unix milliseconds, sizes in bytes.
CREATE TABLE relay_servers (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  kind TEXT NOT NULL,                      -- embedded | docker | relay_host
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  address TEXT NOT NULL,                   -- what devices connect to: IPv4, IPv6, or a host name
  ipv6 TEXT,                               -- beside an IPv4 address
  region_code TEXT NOT NULL,
  region_name TEXT NOT NULL,
  coordinates TEXT NOT NULL DEFAULT '',    -- degrees: 31.23, 121.47
  port_from BIGINT NOT NULL,
  port_to BIGINT NOT NULL,
  slot_limit BIGINT,                       -- relays that it runs at most; null: as many as there are ports
  bandwidth BIGINT,                        -- bytes a second
  traffic_allowance BIGINT,                -- by its provider, each period; null: none
  traffic_counted TEXT NOT NULL DEFAULT 'both',  -- out | both | max: how its provider counts
  traffic_reset_day BIGINT NOT NULL DEFAULT 1,
  traffic_stop_percent BIGINT NOT NULL DEFAULT 95,
  multiplier BIGINT NOT NULL DEFAULT 100,  -- percent: what customers' traffic on it counts
  cost BIGINT NOT NULL DEFAULT 0,          -- minor units a month
  currency TEXT NOT NULL DEFAULT 'CNY',
  billing_day BIGINT NOT NULL DEFAULT 1,
  notes TEXT NOT NULL DEFAULT '',
  draining BIGINT NOT NULL DEFAULT 0,      -- 1: takes nobody new
  settings TEXT NOT NULL DEFAULT '{}',     -- of its kind, as JSON
  sealed_secrets TEXT NOT NULL DEFAULT '', -- of its kind
  health TEXT NOT NULL DEFAULT 'unknown',  -- unknown | healthy | degraded | down
  health_since BIGINT,
  seen_at BIGINT,                          -- when it last answered
  error TEXT,                              -- the last one, as a message
  held_by TEXT,                            -- embedded: the process that runs its relays, until then
  held_until BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX relay_servers_name ON relay_servers (tenant_id, name);
CREATE INDEX relay_servers_list ON relay_servers (tenant_id, id);
CREATE INDEX relay_servers_kind ON relay_servers (kind, id);

-- An account's relay service. What the plan gave when it was redeemed is its own: a plan that changes changes no rental.
-- Its status is computed from its times: waiting, active, grace, ended; suspended.
CREATE TABLE rentals (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  plan_id TEXT NOT NULL,                   -- as it was bought; the plan may be gone
  plan_name TEXT NOT NULL,
  name TEXT NOT NULL,
  start_at BIGINT,                         -- null: waits for the first device
  start_by BIGINT,                         -- begins then at the latest
  end_at BIGINT,                           -- null: not begun, or for ever
  duration_ms BIGINT,                      -- while it waits: how long it will last; null: for ever
  grace_ms BIGINT NOT NULL,
  servers BIGINT NOT NULL,
  device_limit BIGINT NOT NULL,
  traffic_quota BIGINT,                    -- null: none
  traffic_reset TEXT NOT NULL,             -- none | monthly | calendar
  at_quota TEXT NOT NULL,                  -- stop | slow
  slow_rate BIGINT NOT NULL,
  rate_limit BIGINT,                       -- bytes a second for each device; null: none
  regions TEXT NOT NULL DEFAULT '[]',
  renewable BIGINT NOT NULL DEFAULT 1,
  traffic_used BIGINT NOT NULL DEFAULT 0,  -- in the period that began at period_at
  period_at BIGINT,
  region_base BIGINT NOT NULL DEFAULT 900, -- its region ids are looked for from here on
  suspended_at BIGINT,
  suspended_why TEXT NOT NULL DEFAULT '',
  cut_at BIGINT,                           -- its end was made so: nobody is admitted any more
  released_at BIGINT,                      -- its slots and ports are free again; it is history
  acl_version BIGINT NOT NULL DEFAULT 1,   -- rises whenever its map changes
  version BIGINT NOT NULL DEFAULT 1,       -- rises whenever its relays have to learn something: devices, limits, times
  notes TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX rentals_list ON rentals (tenant_id, id);
CREATE INDEX rentals_account ON rentals (account_id, id);
CREATE INDEX rentals_plan ON rentals (plan_id, id);
CREATE INDEX rentals_end ON rentals (end_at) WHERE released_at IS NULL;
CREATE INDEX rentals_start ON rentals (start_by) WHERE start_at IS NULL AND released_at IS NULL;

-- How each rental came to its time: serials, orders, staff; and what happened to it.
CREATE TABLE rental_events (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  rental_id TEXT NOT NULL REFERENCES rentals (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,                      -- redeemed, extended, bought, granted, started, changed, suspended, resumed, cut, released ...
  actor TEXT NOT NULL,
  license_id TEXT,                         -- the serial that it was
  order_id TEXT,
  plan_id TEXT,
  added_ms BIGINT,                         -- time that came to it; null: for ever, or none
  end_at BIGINT,                           -- its end from then on
  detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX rental_events_rental ON rental_events (rental_id, id);
CREATE INDEX rental_events_account ON rental_events (account_id, id);
CREATE UNIQUE INDEX rental_events_license ON rental_events (license_id) WHERE license_id IS NOT NULL;
CREATE INDEX rental_events_order ON rental_events (order_id) WHERE order_id IS NOT NULL;

-- One relay of a rental: what devices know it by. It stays when its container moves.
CREATE TABLE relay_slots (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  rental_id TEXT NOT NULL REFERENCES rentals (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  server_id TEXT NOT NULL,                 -- where its map points to; of a released one it may be gone
  position BIGINT NOT NULL,                -- from 1 on
  region_id BIGINT NOT NULL,               -- 900 to 999, unique for the person
  region_code TEXT NOT NULL,
  region_name TEXT NOT NULL,
  node_name TEXT NOT NULL,
  host TEXT NOT NULL,                      -- a name on its certificate that is no host's
  port BIGINT NOT NULL,                    -- TCP and UDP, unique over the fleet
  public_key TEXT NOT NULL,                -- of the relay, 64 hex digits
  cert_name TEXT NOT NULL,                 -- its pin: sha256-raw:HEX
  cert_until BIGINT NOT NULL,
  sealed_identity TEXT NOT NULL,           -- relay key, certificate and its key
  created_at BIGINT NOT NULL,
  released_at BIGINT                       -- its port and region id are free again
);
CREATE UNIQUE INDEX relay_slots_port ON relay_slots (port) WHERE released_at IS NULL;
CREATE UNIQUE INDEX relay_slots_region ON relay_slots (account_id, region_id) WHERE released_at IS NULL;
CREATE UNIQUE INDEX relay_slots_position ON relay_slots (rental_id, position) WHERE released_at IS NULL;
CREATE INDEX relay_slots_rental ON relay_slots (rental_id, position);
CREATE INDEX relay_slots_account ON relay_slots (account_id);
CREATE INDEX relay_slots_server ON relay_slots (server_id);

-- A slot's process on a server: one, and two while it moves. No row: none is wanted, and what runs without one is stopped.
CREATE TABLE relay_containers (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  slot_id TEXT NOT NULL REFERENCES relay_slots (id) ON DELETE CASCADE,
  server_id TEXT NOT NULL REFERENCES relay_servers (id),
  wanted TEXT NOT NULL,                    -- run | stop
  state TEXT NOT NULL,                     -- waiting | starting | running | stopped | failed
  state_at BIGINT NOT NULL,
  engine_id TEXT,                          -- what its engine calls it
  error TEXT,                              -- the last one, as a message
  failures BIGINT NOT NULL DEFAULT 0,      -- in turn
  retry_at BIGINT,
  applied_version BIGINT NOT NULL DEFAULT 0,  -- of its rental, as far as it is in force there
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX relay_containers_place ON relay_containers (slot_id, server_id);
CREATE INDEX relay_containers_server ON relay_containers (server_id, id);
CREATE INDEX relay_containers_list ON relay_containers (tenant_id, id);

-- Ports that something else has on a server: no slot gets them before that time.
CREATE TABLE relay_busy_ports (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  server_id TEXT NOT NULL REFERENCES relay_servers (id) ON DELETE CASCADE,
  port BIGINT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (server_id, port)
);

-- Devices that a rental's relays let in.
CREATE TABLE rental_devices (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  rental_id TEXT NOT NULL REFERENCES rentals (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  node_key TEXT NOT NULL,                  -- nodekey:HEX
  name TEXT NOT NULL DEFAULT '',
  seen_at BIGINT,                          -- when it was last connected
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX rental_devices_key ON rental_devices (rental_id, node_key);
CREATE INDEX rental_devices_account ON rental_devices (account_id, id);
CREATE INDEX rental_devices_key_all ON rental_devices (node_key);

-- One row that allocations take turns by: ports and places are given one after another, whatever engine stores them.
CREATE TABLE relay_fleet (
  id TEXT NOT NULL PRIMARY KEY
);
INSERT INTO relay_fleet (id) VALUES ('fleet');
