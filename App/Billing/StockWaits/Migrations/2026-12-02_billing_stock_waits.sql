-- Who wants to hear when a plan that is sold out can be bought again. A row goes once its mail waits to be sent.
CREATE TABLE stock_waits (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  plan_id TEXT NOT NULL,
  email TEXT NOT NULL,
  id TEXT NOT NULL,
  language TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, plan_id, email)
);
CREATE INDEX stock_waits_email ON stock_waits (tenant_id, email);
CREATE INDEX stock_waits_age ON stock_waits (created_at);
