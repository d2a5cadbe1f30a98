-- How far below nothing a balance may fall: only a distributor's is more than 0.
ALTER TABLE ledger_balances ADD COLUMN credit BIGINT NOT NULL DEFAULT 0;
CREATE TABLE distributors (
  account_id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  state TEXT NOT NULL,                     -- applied, active, suspended, rejected
  level BIGINT NOT NULL DEFAULT 1,
  currency TEXT NOT NULL DEFAULT 'CNY',    -- of the credit line
  credit BIGINT NOT NULL DEFAULT 0,        -- minor units
  application TEXT NOT NULL DEFAULT '',    -- what they wrote
  reason TEXT NOT NULL DEFAULT '',         -- what staff answered; shown to them
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX distributors_list ON distributors (tenant_id, state, account_id);
CREATE TABLE distributor_prices (
  plan_id TEXT NOT NULL REFERENCES plans (id),
  level BIGINT NOT NULL,
  from_quantity BIGINT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  price BIGINT NOT NULL,                   -- minor units of the plan's currency, for one
  PRIMARY KEY (plan_id, level, from_quantity)
);
CREATE INDEX distributor_prices_list ON distributor_prices (tenant_id, plan_id);
