-- The traffic that a serial or an order gave where the quota is given once for all of the time: taken back with it as far as it is not used.
ALTER TABLE rental_events ADD COLUMN added_bytes BIGINT;  -- null: none, or the quota comes back by itself
