-- Traffic that looked wrong: once for each rental, kind and day.
CREATE TABLE relay_anomalies (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  rental_id TEXT NOT NULL REFERENCES rentals (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,                      -- habit | limit | quota
  day BIGINT NOT NULL,                     -- when the day began
  at BIGINT NOT NULL,
  seen BIGINT NOT NULL,                    -- bytes
  usual BIGINT NOT NULL,                   -- what is usual, or the limit
  act TEXT NOT NULL DEFAULT '',            -- slow | stop; empty: nothing was done
  until BIGINT,                            -- and no longer
  lifted_at BIGINT,                        -- staff ended it
  lifted_by TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX relay_anomalies_once ON relay_anomalies (rental_id, kind, day);
CREATE INDEX relay_anomalies_list ON relay_anomalies (tenant_id, id);
CREATE INDEX relay_anomalies_account ON relay_anomalies (account_id, id);
-- What is done about it.
ALTER TABLE rentals ADD COLUMN held TEXT NOT NULL DEFAULT '';  -- slow | stop
ALTER TABLE rentals ADD COLUMN held_until BIGINT;              -- and no longer
CREATE INDEX rentals_held ON rentals (held_until) WHERE held_until IS NOT NULL;
