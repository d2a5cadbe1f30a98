-- Containers that somebody changed by hand on their engine are put right.
ALTER TABLE relay_container_links ADD COLUMN ways TEXT NOT NULL DEFAULT '';    -- what the engine made of what it was asked for, a line each: no change of anybody's
ALTER TABLE relay_container_links ADD COLUMN mended TEXT NOT NULL DEFAULT '';  -- what had been changed when it was put right last: names of fields
ALTER TABLE relay_container_links ADD COLUMN mended_at BIGINT;                 -- unix milliseconds; null: never
