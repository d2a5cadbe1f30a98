-- What a plan of the kind relay gives. Traffic in bytes, rates in bytes a second.
ALTER TABLE plans ADD COLUMN servers_per_rental BIGINT NOT NULL DEFAULT 3;
ALTER TABLE plans ADD COLUMN device_limit BIGINT NOT NULL DEFAULT 5;
ALTER TABLE plans ADD COLUMN traffic_quota BIGINT;                              -- null: no quota
ALTER TABLE plans ADD COLUMN traffic_reset TEXT NOT NULL DEFAULT 'monthly';     -- none, monthly, calendar
ALTER TABLE plans ADD COLUMN at_quota TEXT NOT NULL DEFAULT 'stop';             -- stop, slow
ALTER TABLE plans ADD COLUMN slow_rate BIGINT NOT NULL DEFAULT 125000;
ALTER TABLE plans ADD COLUMN rate_limit BIGINT;                                 -- null: no limit
ALTER TABLE plans ADD COLUMN regions TEXT NOT NULL DEFAULT '[]';                -- codes of regions; empty: any
ALTER TABLE plans ADD COLUMN start TEXT NOT NULL DEFAULT 'now';                 -- now, first_connection
ALTER TABLE plans ADD COLUMN start_within_seconds BIGINT NOT NULL DEFAULT 2592000;
ALTER TABLE plans ADD COLUMN capacity BIGINT;                                   -- rentals that may run at once; null: any number
ALTER TABLE plans ADD COLUMN renewable BIGINT NOT NULL DEFAULT 1;
ALTER TABLE plans ADD COLUMN grace_seconds BIGINT NOT NULL DEFAULT 86400;       -- after its end a rental keeps its ports so long
