-- What an add-on of a rental gave is taken back while its payment is disputed, and given again if the money stays.
ALTER TABLE rental_extras ADD COLUMN held_at BIGINT;                   -- since then; null: it is not
ALTER TABLE rental_extras ADD COLUMN held BIGINT NOT NULL DEFAULT 0;   -- so many bytes, devices or relays were taken
CREATE INDEX rental_extras_held ON rental_extras (held_at) WHERE held_at IS NOT NULL;
-- The devices that it had let in, to be let in again.
CREATE TABLE rental_held_devices (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  extra_id TEXT NOT NULL REFERENCES rental_extras (id) ON DELETE CASCADE,
  rental_id TEXT NOT NULL REFERENCES rentals (id) ON DELETE CASCADE,
  node_key TEXT NOT NULL,
  name TEXT NOT NULL,
  node_id TEXT,
  seen_at BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX rental_held_devices_extra ON rental_held_devices (extra_id);
CREATE INDEX rental_held_devices_rental ON rental_held_devices (rental_id, id);
-- How many of a rental's devices and relays came beside its plan.
ALTER TABLE rentals ADD COLUMN extra_devices BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rentals ADD COLUMN extra_servers BIGINT NOT NULL DEFAULT 0;
UPDATE rentals SET
  extra_devices = (SELECT CAST(COALESCE(SUM(e.amount * e.quantity), 0) AS BIGINT) FROM rental_extras e WHERE e.rental_id = rentals.id AND e.kind = 'devices' AND e.done_at IS NOT NULL AND e.undone_at IS NULL),
  extra_servers = (SELECT CAST(COALESCE(SUM(e.amount * e.quantity), 0) AS BIGINT) FROM rental_extras e WHERE e.rental_id = rentals.id AND e.kind = 'servers' AND e.done_at IS NOT NULL AND e.undone_at IS NULL);
