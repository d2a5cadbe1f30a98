-- The map of a rental's relays (its ACL). Times in unix milliseconds.

-- What its person chose for it.
CREATE TABLE acl_choices (
  rental_id TEXT NOT NULL PRIMARY KEY REFERENCES rentals (id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  omit_default BIGINT NOT NULL DEFAULT 0,  -- 1: devices use these relays alone
  left_out TEXT NOT NULL DEFAULT '[]',     -- ids of slots that are not in it, as JSON
  names TEXT NOT NULL DEFAULT '{}',        -- of regions, by the id of the slot, as JSON
  machines BIGINT,                         -- how many the tailnet has, as its person said; null: not asked yet
  updated_at BIGINT NOT NULL
);
CREATE INDEX acl_choices_account ON acl_choices (account_id);

-- Each version, as it was checked.
CREATE TABLE acl_versions (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  rental_id TEXT NOT NULL REFERENCES rentals (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  cause TEXT NOT NULL,                     -- first | relays | choices | asked | renewed
  slots TEXT NOT NULL,                     -- what it says of each relay, as JSON
  omit_default BIGINT NOT NULL,
  derp_map TEXT NOT NULL,                  -- as JSON
  headscale TEXT NOT NULL,                 -- as YAML
  tag TEXT NOT NULL,                       -- of the map: the same for maps that are the same
  created_at BIGINT NOT NULL,
  until BIGINT NOT NULL                    -- made anew then
);
CREATE UNIQUE INDEX acl_versions_rental ON acl_versions (rental_id, version);
CREATE INDEX acl_versions_account ON acl_versions (account_id);
CREATE INDEX acl_versions_until ON acl_versions (until, id);

-- Links that give the newest version to whoever has them.
CREATE TABLE acl_links (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  rental_id TEXT NOT NULL REFERENCES rentals (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  token_hash TEXT NOT NULL,
  sealed_token TEXT NOT NULL,              -- its person may see it again
  created_at BIGINT NOT NULL,
  ends_at BIGINT,                          -- null: not known yet; before now: dead
  fetched_at BIGINT,                       -- to within ten minutes
  fetched_version BIGINT
);
CREATE UNIQUE INDEX acl_links_token ON acl_links (token_hash);
CREATE INDEX acl_links_rental ON acl_links (rental_id, id);
CREATE INDEX acl_links_account ON acl_links (account_id);

-- Every time that a map was made or given away.
CREATE TABLE acl_log (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  rental_id TEXT NOT NULL REFERENCES rentals (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,  -- whose map
  at BIGINT NOT NULL,
  action TEXT NOT NULL,                    -- made | downloaded | fetched | merged
  version BIGINT NOT NULL,
  format TEXT NOT NULL DEFAULT '',         -- policy | derpmap | headscale; of one that was made: why
  by_kind TEXT NOT NULL,                   -- customer | staff | token | link | system
  by_name TEXT NOT NULL DEFAULT '',        -- of staff
  ip TEXT,
  user_agent TEXT
);
CREATE INDEX acl_log_list ON acl_log (tenant_id, id);
CREATE INDEX acl_log_account ON acl_log (account_id, id);
CREATE INDEX acl_log_rental ON acl_log (rental_id, id);
