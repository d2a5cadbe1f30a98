-- Roles that are made of permissions. An account that has one keeps in "role" the least built-in role that may do as much.
CREATE TABLE staff_roles (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  folded TEXT NOT NULL,                    -- the name as Folding has it
  permissions TEXT NOT NULL,               -- names, parted by spaces
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX staff_roles_name ON staff_roles (tenant_id, folded);
CREATE INDEX staff_roles_tenant ON staff_roles (tenant_id, id);
ALTER TABLE accounts ADD COLUMN role_id TEXT REFERENCES staff_roles (id);
CREATE INDEX accounts_role_id ON accounts (role_id);
