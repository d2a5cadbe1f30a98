CREATE TABLE schema_version (
  version BIGINT NOT NULL PRIMARY KEY,     -- counts what was applied here; 0.1.0 knows only this, and refuses a number above 1
  name TEXT NOT NULL,                      -- of the migration
  applied_at BIGINT NOT NULL
);

CREATE TABLE tenants (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
INSERT INTO tenants (id, name, created_at) VALUES ('default', 'default', 0);

-- What an operator changes at run time.
CREATE TABLE settings (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, name)
);

-- Ed25519; the secret half is sealed with the key file of the data folder.
CREATE TABLE signing_keys (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  public_key TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  retired_at BIGINT
);
CREATE UNIQUE INDEX signing_keys_current ON signing_keys (tenant_id) WHERE retired_at IS NULL;

-- Accounts -------------------------------------------------------------------------------------------------------------
CREATE TABLE accounts (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  kind TEXT NOT NULL,                      -- staff | customer
  username TEXT NOT NULL,                  -- lower case
  display_name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  role TEXT,                               -- owner | admin | operator | analyst, NULL for a customer
  role_scope TEXT NOT NULL,                -- global | tenant
  created_at BIGINT NOT NULL,
  password_changed_at BIGINT NOT NULL,
  password_one_time BIGINT NOT NULL DEFAULT 0, -- 1: made up by the program, opens nothing until its owner has chosen another
  last_sign_in_at BIGINT,
  disabled_at BIGINT,
  failures BIGINT NOT NULL DEFAULT 0,
  locked_until BIGINT
);
CREATE UNIQUE INDEX accounts_username ON accounts (tenant_id, username);
CREATE INDEX accounts_kind ON accounts (tenant_id, kind, id);

CREATE TABLE sessions (
  id_hash TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ip TEXT,
  user_agent TEXT
);
CREATE INDEX sessions_account ON sessions (account_id, created_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  scopes TEXT NOT NULL,                    -- permissions parted by spaces; empty: all that the role has
  created_by TEXT NOT NULL,                -- an account's id; the token can do no more than that account may today. Or 'cli'
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT,
  last_used_ip TEXT,
  revoked_at BIGINT
);
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (token_hash);
CREATE INDEX api_tokens_tenant ON api_tokens (tenant_id, id);

-- One row a tenant: a new link takes the place of the older one, and the row is what racing set-ups queue at.
CREATE TABLE setup_links (
  tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
  token_hash TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE TABLE sign_ins (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT,
  username TEXT NOT NULL,                  -- empty for a name that nobody has: people type passwords there
  at BIGINT NOT NULL,
  outcome TEXT NOT NULL,                   -- ok | wrong | locked | disabled
  ip TEXT,
  user_agent TEXT
);
CREATE INDEX sign_ins_account ON sign_ins (account_id, id);
CREATE INDEX sign_ins_ip ON sign_ins (tenant_id, ip, at);
CREATE INDEX sign_ins_age ON sign_ins (at);

-- Operations -----------------------------------------------------------------------------------------------------------
-- Append-only: each row's hash covers the row before it, and audit_head remembers the last, so a removed row shows.
CREATE TABLE audit_entries (
  seq BIGINT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,                -- staff | token | system | cli | public
  actor_id TEXT,
  actor_name TEXT NOT NULL,
  ip TEXT,
  action TEXT NOT NULL,                    -- plan.created, key.suspended ...
  target_kind TEXT NOT NULL,
  target_id TEXT NOT NULL,
  target_name TEXT NOT NULL,
  before_json TEXT,
  after_json TEXT,
  reason TEXT,
  hash TEXT NOT NULL
);
CREATE INDEX audit_entries_tenant ON audit_entries (tenant_id, seq);
CREATE INDEX audit_entries_action ON audit_entries (tenant_id, action, seq);
CREATE INDEX audit_entries_at ON audit_entries (tenant_id, at);
CREATE INDEX audit_entries_target ON audit_entries (tenant_id, target_id, seq);
CREATE TABLE audit_head (
  id BIGINT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE security_events (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,                      -- keys.guessed, signin.locked ...
  severity TEXT NOT NULL,                  -- info | warn | bad
  ip TEXT,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX security_events_tenant ON security_events (tenant_id, id);

CREATE TABLE job_states (
  name TEXT NOT NULL PRIMARY KEY,
  cron TEXT,                               -- NULL: the program's default
  claimed_for BIGINT NOT NULL,             -- the firing time that a node has taken last
  started_at BIGINT,
  finished_at BIGINT,
  succeeded BIGINT,
  message TEXT,
  running_until BIGINT                     -- a run holds the job until then and renews it; a dead node lets go by itself
);
CREATE TABLE job_runs (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  succeeded BIGINT NOT NULL,
  message TEXT NOT NULL
);
CREATE INDEX job_runs_name ON job_runs (name, id);

CREATE TABLE idempotency_keys (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  caller TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  status BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, caller, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- Licensing ------------------------------------------------------------------------------------------------------------
CREATE TABLE products (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL,                      -- software | relay
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX products_name ON products (tenant_id, name);

CREATE TABLE plans (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  product_id TEXT NOT NULL REFERENCES products (id),
  name TEXT NOT NULL,
  duration_seconds BIGINT,                 -- NULL: perpetual
  price BIGINT NOT NULL,                   -- minor units
  currency TEXT NOT NULL,
  machine_limit BIGINT NOT NULL,
  prefix TEXT NOT NULL,
  offline_grace_seconds BIGINT NOT NULL,
  entitlements TEXT NOT NULL,              -- JSON object
  notes TEXT NOT NULL,
  enabled BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  retired_at BIGINT
);
CREATE UNIQUE INDEX plans_name ON plans (tenant_id, name) WHERE retired_at IS NULL;
CREATE INDEX plans_tenant ON plans (tenant_id, id);

CREATE TABLE batches (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  plan_id TEXT NOT NULL REFERENCES plans (id),
  name TEXT NOT NULL,
  source TEXT NOT NULL,                    -- generated | imported
  prefix TEXT NOT NULL,
  key_count BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX batches_tenant ON batches (tenant_id, id);

CREATE TABLE licenses (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  key TEXT /*postgres COLLATE "C" */ NOT NULL,   -- PREFIX-CODE, upper case
  prefix TEXT NOT NULL,
  code TEXT /*postgres COLLATE "C" */ NOT NULL,  -- the part after the prefix, for search
  plan_id TEXT NOT NULL REFERENCES plans (id),
  batch_id TEXT NOT NULL REFERENCES batches (id),
  state TEXT NOT NULL,                     -- unused | active | expired | suspended | revoked, as last written; see Status
  created_at BIGINT NOT NULL,
  used_at BIGINT,
  expire_at BIGINT,
  note TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX licenses_key ON licenses (tenant_id, key);
CREATE INDEX licenses_code ON licenses (tenant_id, code);
CREATE INDEX licenses_all ON licenses (tenant_id, id);
CREATE INDEX licenses_state ON licenses (tenant_id, state, id);
CREATE INDEX licenses_plan ON licenses (tenant_id, plan_id, id);
CREATE INDEX licenses_prefix ON licenses (tenant_id, prefix, id);
CREATE INDEX licenses_batch ON licenses (tenant_id, batch_id, id);
CREATE INDEX licenses_expiry ON licenses (tenant_id, state, expire_at) WHERE expire_at IS NOT NULL;
CREATE INDEX licenses_used ON licenses (tenant_id, used_at) WHERE used_at IS NOT NULL;
CREATE INDEX licenses_note ON licenses (tenant_id, note) WHERE note <> '';

CREATE TABLE bindings (
  license_id TEXT NOT NULL REFERENCES licenses (id) ON DELETE CASCADE,
  machine_code TEXT /*postgres COLLATE "C" */ NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  created_at BIGINT NOT NULL,
  ip TEXT,
  PRIMARY KEY (license_id, machine_code)
) /*sqlite WITHOUT ROWID */;
CREATE INDEX bindings_machine ON bindings (tenant_id, machine_code);

-- The history of a key: one row a change.
CREATE TABLE license_events (
  license_id TEXT NOT NULL,
  id TEXT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,                      -- activated | bound | expired | suspended | reinstated | revoked | extended | plan | prefix | note | unbound | reset
  actor TEXT NOT NULL,
  ip TEXT,
  detail TEXT NOT NULL,                    -- JSON array: what goes into the gaps of the text event.KIND
  PRIMARY KEY (license_id, id)
) /*sqlite WITHOUT ROWID */;
