-- rebuild: SQLite changes no primary key in place
-- A chain for each tenant, so that what one tenant's staff change never waits for another's. Until here one chain ran through all
-- tenants: audit_head stays as its end, and each tenant that was there goes on from it.
CREATE TABLE audit_heads (
  tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL,
  begins_after BIGINT NOT NULL              -- entries up to this number belong to the chain that all tenants shared
);
INSERT INTO audit_heads (tenant_id, seq, hash, begins_after) SELECT t.id, h.seq, h.hash, h.seq FROM tenants t, audit_head h WHERE h.id = 1;

/*sqlite
CREATE TABLE audit_entries_new (
  seq BIGINT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT,
  actor_name TEXT NOT NULL,
  ip TEXT,
  action TEXT NOT NULL,
  target_kind TEXT NOT NULL,
  target_id TEXT NOT NULL,
  target_name TEXT NOT NULL,
  before_json TEXT,
  after_json TEXT,
  reason TEXT,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant_id, seq)
);
INSERT INTO audit_entries_new SELECT seq, tenant_id, at, actor_kind, actor_id, actor_name, ip, action, target_kind, target_id, target_name, before_json, after_json, reason, hash
  FROM audit_entries ORDER BY seq;
DROP TABLE audit_entries;
ALTER TABLE audit_entries_new RENAME TO audit_entries;
CREATE INDEX audit_entries_action ON audit_entries (tenant_id, action, seq);
CREATE INDEX audit_entries_at ON audit_entries (tenant_id, at);
CREATE INDEX audit_entries_target ON audit_entries (tenant_id, target_id, seq);
*/
/*postgres
ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_pkey;
DROP INDEX audit_entries_tenant;
ALTER TABLE audit_entries ADD PRIMARY KEY (tenant_id, seq);
*/
