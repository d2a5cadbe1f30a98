-- What an order does to a key that is there already: its time goes on.
CREATE TABLE order_key_changes (
  order_id TEXT NOT NULL PRIMARY KEY REFERENCES orders (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  license_id TEXT NOT NULL,
  key TEXT NOT NULL,                       -- as it was called then
  seconds BIGINT NOT NULL,                 -- the time that is sold
  done_at BIGINT,                          -- when the key got it
  was_end BIGINT,                          -- when it would have ended else
  ends_at BIGINT,                          -- when the time that was sold is over; earlier once something before it was taken back
  taken_back BIGINT NOT NULL DEFAULT 0,    -- milliseconds of it that a refund took back
  created_at BIGINT NOT NULL
);
CREATE INDEX order_key_changes_license ON order_key_changes (license_id, order_id);
CREATE INDEX order_key_changes_was ON order_key_changes (tenant_id, was_end) WHERE was_end IS NOT NULL;
CREATE INDEX order_key_changes_list ON order_key_changes (tenant_id, order_id);
