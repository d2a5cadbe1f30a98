-- How many machines whoever has a key may free within 30 days, and how long after one the next.
ALTER TABLE plans ADD COLUMN releases_per_month BIGINT NOT NULL DEFAULT 0;
ALTER TABLE plans ADD COLUMN release_wait_seconds BIGINT NOT NULL DEFAULT 86400;
