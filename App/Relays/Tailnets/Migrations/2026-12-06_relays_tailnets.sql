-- Rentals that are connected with their person's tailnet. Times in unix milliseconds.
CREATE TABLE tailnets (
  rental_id TEXT NOT NULL PRIMARY KEY REFERENCES rentals (id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  sealed_secret TEXT NOT NULL,             -- of the OAuth client
  sealed_hook TEXT NOT NULL DEFAULT '',    -- what their webhooks are signed with; empty: there are none
  hook_at BIGINT,                          -- when one came last that was signed
  read_only BIGINT NOT NULL DEFAULT 0,     -- their policy is read and never written
  tag TEXT NOT NULL DEFAULT '',            -- only machines with this tag; empty: all
  choose TEXT NOT NULL,                    -- who comes in where there are more than may: oldest | recent
  due_at BIGINT NOT NULL,                  -- their machines are looked at then
  synced_at BIGINT,                        -- when that worked last
  machines BIGINT NOT NULL DEFAULT 0,      -- that there were, of their own
  let_in BIGINT NOT NULL DEFAULT 0,
  left_out BIGINT NOT NULL DEFAULT 0,      -- for want of room
  failures BIGINT NOT NULL DEFAULT 0,      -- in turn
  error TEXT,                              -- the last one, as a message; null: it works
  delivered_at BIGINT,                     -- when their API took our map; null: it is not in their policy
  delivered_version BIGINT,
  delivered_tag TEXT,                      -- of the map
  delivered_map TEXT,                      -- derpMap as their API gave it back
  former_map TEXT,                         -- derpMap before that; null: there was none
  created_at BIGINT NOT NULL
);
CREATE INDEX tailnets_due ON tailnets (due_at);
CREATE INDEX tailnets_account ON tailnets (account_id);
-- What a machine is called by its tailnet, whatever its key is; null: let in by hand.
ALTER TABLE rental_devices ADD COLUMN node_id TEXT;
CREATE UNIQUE INDEX rental_devices_node ON rental_devices (rental_id, node_id) WHERE node_id IS NOT NULL;
