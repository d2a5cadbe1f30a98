-- What a business in the appliance is besides its rows: its site, its look, its limits.
ALTER TABLE tenants ADD COLUMN languages TEXT NOT NULL DEFAULT 'en zh';   -- what its site speaks, parted by spaces
ALTER TABLE tenants ADD COLUMN colour TEXT NOT NULL DEFAULT '';           -- #rrggbb; empty: the house's
ALTER TABLE tenants ADD COLUMN logo TEXT NOT NULL DEFAULT '';             -- the file of brand_files; empty: the sign of the house
ALTER TABLE tenants ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;

-- A host name is one tenant's. Whatever comes to another is the default one's.
CREATE TABLE tenant_hosts (
  host TEXT NOT NULL PRIMARY KEY,          -- lower case, as browsers send it
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  position BIGINT NOT NULL
);
CREATE INDEX tenant_hosts_tenant ON tenant_hosts (tenant_id, position);

CREATE TABLE tenant_quotas (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  kind TEXT NOT NULL,                      -- accounts | active_keys | devices | staff | api_calls_day
  most BIGINT NOT NULL,
  warned_at BIGINT,                        -- that it is near was told, and there has been no room since
  PRIMARY KEY (tenant_id, kind)
);

-- API calls that nodes have taken out of the day's limit.
CREATE TABLE tenant_calls (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  day BIGINT NOT NULL,                     -- since 1970, UTC
  taken BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, day)
);

-- Pictures of sites, named by what is in them: they may be kept for ever by whoever has loaded them.
CREATE TABLE brand_files (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,                      -- 32 hex digits of the SHA-256, and .png .jpg or .webp
  content TEXT NOT NULL,                   -- base64
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, name)
);
CREATE INDEX brand_files_name ON brand_files (name);
