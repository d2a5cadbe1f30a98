-- What a disputed order did to a key is taken back until it is decided whose the money is.
ALTER TABLE order_key_changes ADD COLUMN held_at BIGINT;                        -- since then; null: it is not
ALTER TABLE order_key_changes ADD COLUMN held BIGINT NOT NULL DEFAULT 0;         -- by how much the key ends earlier for that, in milliseconds; below zero: later
