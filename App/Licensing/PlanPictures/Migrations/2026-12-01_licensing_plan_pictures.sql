CREATE TABLE plan_pictures (
  plan_id TEXT NOT NULL PRIMARY KEY REFERENCES plans (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,                      -- follows from its content
  content TEXT NOT NULL,                   -- Base64
  created_at BIGINT NOT NULL
);
CREATE INDEX plan_pictures_name ON plan_pictures (tenant_id, name);
