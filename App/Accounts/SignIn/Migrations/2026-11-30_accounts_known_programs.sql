-- Customers' programs beside browsers: by the hash of what they call themselves and the network they are in. No lock goes by them.
ALTER TABLE known_browsers ADD COLUMN program BIGINT NOT NULL DEFAULT 0;
