-- The time that a serial or an order gave, so that it can be taken back as far as it is not used.
ALTER TABLE rental_events ADD COLUMN piece_end BIGINT;  -- of what was added, as it is now: it moves up when something before it is taken back; null: not begun
ALTER TABLE rental_events ADD COLUMN undone_at BIGINT;  -- it was taken back
UPDATE rental_events SET piece_end = end_at WHERE added_ms IS NOT NULL;
