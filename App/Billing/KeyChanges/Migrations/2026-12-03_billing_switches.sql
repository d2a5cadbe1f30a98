-- Orders that switch a key to another plan. The plan that it has is order_key_changes.plan_id.
ALTER TABLE order_key_changes ADD COLUMN to_plan TEXT;
ALTER TABLE order_key_changes ADD COLUMN from_name TEXT NOT NULL DEFAULT '';     -- what the plans were called then
ALTER TABLE order_key_changes ADD COLUMN to_name TEXT NOT NULL DEFAULT '';
ALTER TABLE order_key_changes ADD COLUMN at_end BIGINT NOT NULL DEFAULT 0;       -- when the key's time is over, and not now
ALTER TABLE order_key_changes ADD COLUMN price BIGINT NOT NULL DEFAULT 0;        -- of the new plan, minor units
ALTER TABLE order_key_changes ADD COLUMN credit BIGINT NOT NULL DEFAULT 0;       -- what the time that was left is worth
ALTER TABLE order_key_changes ADD COLUMN rest BIGINT NOT NULL DEFAULT 0;         -- what of it went to the buyer's balance
ALTER TABLE order_key_changes ADD COLUMN switched_at BIGINT;                     -- when the key got the new plan
CREATE INDEX order_key_changes_waits ON order_key_changes (was_end) WHERE kind = 'switch' AND switched_at IS NULL AND done_at IS NOT NULL AND undone_at IS NULL;

-- What switches credited of what was paid before: an order's money counts once.
CREATE TABLE order_key_credits (
  order_id TEXT NOT NULL REFERENCES orders (id),       -- the switch
  of_order TEXT NOT NULL REFERENCES orders (id),       -- what was paid
  license_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  amount BIGINT NOT NULL,
  undone_at BIGINT,                                    -- the switch was undone
  PRIMARY KEY (order_id, of_order)
);
CREATE INDEX order_key_credits_of ON order_key_credits (of_order, license_id);
CREATE INDEX order_key_credits_tenant ON order_key_credits (tenant_id, order_id);
