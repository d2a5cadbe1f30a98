-- Links that an import made for staff to hand over: sealed, until they are fetched, once, or a day has gone by.
CREATE TABLE customer_imports (
  id TEXT NOT NULL PRIMARY KEY,            -- the key of its operation
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL,                -- of staff: who may fetch them
  created_at BIGINT NOT NULL,
  sealed_links TEXT NOT NULL               -- CSV; emptied when it was fetched
);
CREATE INDEX customer_imports_old ON customer_imports (created_at);
