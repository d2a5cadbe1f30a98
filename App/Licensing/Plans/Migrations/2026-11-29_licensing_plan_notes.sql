-- What staff want to remember of a plan.
CREATE TABLE plan_notes (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  plan_id TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
  text TEXT NOT NULL,
  author TEXT NOT NULL,                    -- the name of who wrote it, as it was then
  created_at BIGINT NOT NULL
);
CREATE INDEX plan_notes_list ON plan_notes (plan_id, id);
