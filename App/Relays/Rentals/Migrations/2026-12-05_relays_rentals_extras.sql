-- What a rental got beside its plan, or will once it is paid: an add-on, or one more of its plan that was ordered for it.
CREATE TABLE rental_extras (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  rental_id TEXT NOT NULL REFERENCES rentals (id) ON DELETE CASCADE,
  order_id TEXT REFERENCES orders (id),    -- null: staff gave it
  kind TEXT NOT NULL,                      -- traffic, reset, devices, servers or renew
  amount BIGINT NOT NULL,                  -- of one: gigabytes, devices or relays
  days BIGINT,                             -- traffic is gone after so many; null: it lasts as long as the rental
  quantity BIGINT NOT NULL,
  bytes BIGINT NOT NULL DEFAULT 0,         -- a reset made so many of the used ones free again
  period_at BIGINT,                        -- and this period began with it
  created_at BIGINT NOT NULL,
  done_at BIGINT,                          -- the rental has it since then
  undone_at BIGINT                         -- it was taken back
);
CREATE INDEX rental_extras_rental ON rental_extras (rental_id, id);
CREATE UNIQUE INDEX rental_extras_order ON rental_extras (order_id) WHERE order_id IS NOT NULL;
ALTER TABLE rental_packs ADD COLUMN extra_id TEXT;  -- what it came by
CREATE INDEX rental_packs_extra ON rental_packs (extra_id) WHERE extra_id IS NOT NULL;
