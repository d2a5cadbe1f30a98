-- The plans that a plan's keys may be switched to: a JSON array of ids.
ALTER TABLE plans ADD COLUMN switch_to TEXT NOT NULL DEFAULT '[]';
