-- Machines that a rental's relays did not let in: the last few, until they are let in, hidden, or forgotten.
CREATE TABLE rental_refused (
  rental_id TEXT NOT NULL REFERENCES rentals (id) ON DELETE CASCADE,
  node_key TEXT NOT NULL,                  -- nodekey:HEX
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name TEXT NOT NULL DEFAULT '',           -- of one that was let in once
  address TEXT NOT NULL DEFAULT '',        -- where it tried from last
  first_at BIGINT NOT NULL,
  at BIGINT NOT NULL,                      -- when it tried last; 0: not since it was removed
  hidden_at BIGINT,                        -- its owner wants to see no more of it
  kept_at BIGINT NOT NULL,                 -- the last that happened: it is forgotten some time after
  PRIMARY KEY (rental_id, node_key)
);
CREATE INDEX rental_refused_account ON rental_refused (account_id, rental_id);
CREATE INDEX rental_refused_kept ON rental_refused (kept_at);
-- When its owner was last told of one.
ALTER TABLE rentals ADD COLUMN refused_told_at BIGINT;
