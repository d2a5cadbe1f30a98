-- Links by which people may make an account where not everybody may.
CREATE TABLE invitations (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  token_hash TEXT NOT NULL,
  sealed_token TEXT NOT NULL,              -- to show the link again
  name TEXT NOT NULL,
  uses BIGINT NOT NULL DEFAULT 0,
  max_uses BIGINT NOT NULL,
  created_by TEXT NOT NULL,                -- the name of who made it, as it was then
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT,
  CHECK (uses <= max_uses)
);
CREATE UNIQUE INDEX invitations_token ON invitations (tenant_id, token_hash);
CREATE INDEX invitations_list ON invitations (tenant_id, id);
