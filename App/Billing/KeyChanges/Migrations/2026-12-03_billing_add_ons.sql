-- Orders that do something else to a key than renewing it.
ALTER TABLE order_key_changes ADD COLUMN kind TEXT NOT NULL DEFAULT 'renew';
ALTER TABLE order_key_changes ADD COLUMN plan_id TEXT;                           -- that the key had when it was ordered; null: before this was noted
ALTER TABLE order_key_changes ADD COLUMN add_on TEXT NOT NULL DEFAULT '';        -- which of the plan's
ALTER TABLE order_key_changes ADD COLUMN quantity BIGINT NOT NULL DEFAULT 1;     -- of it
ALTER TABLE order_key_changes ADD COLUMN machines BIGINT NOT NULL DEFAULT 0;     -- that are sold
ALTER TABLE order_key_changes ADD COLUMN for_good BIGINT NOT NULL DEFAULT 0;     -- they stay when the key is renewed
ALTER TABLE order_key_changes ADD COLUMN undone_at BIGINT;                       -- when a refund took back what is no time
