-- What is sold on top of a plan's keys: a JSON array of kind, amount, price, most and for_good.
ALTER TABLE plans ADD COLUMN add_ons TEXT NOT NULL DEFAULT '[]';

-- Machines that a key may have beside those of its plan.
CREATE TABLE license_extras (
  license_id TEXT NOT NULL,
  source TEXT NOT NULL,                    -- what gave them, such as the id of an order
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  machines BIGINT NOT NULL,
  until_at BIGINT,                         -- null: for good
  PRIMARY KEY (license_id, source)
);
CREATE INDEX license_extras_tenant ON license_extras (tenant_id, license_id);
