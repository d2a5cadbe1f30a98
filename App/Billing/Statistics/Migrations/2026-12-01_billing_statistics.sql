-- What statistics read, and nothing else of an order: a month is counted from the index alone.
CREATE INDEX orders_paid ON orders (tenant_id, paid_at, currency, plan_id, channel_id, kind, quantity, total, discount) WHERE paid_at IS NOT NULL;
CREATE INDEX orders_created ON orders (tenant_id, created_at, state, paid_at);
CREATE INDEX ledger_entries_refunds ON ledger_entries (tenant_id, created_at, currency, amount) WHERE account = 'refunds';
-- What was sold on days that are over, so that a total of all time reads no order of theirs.
CREATE TABLE sales_days (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  day BIGINT NOT NULL,                     -- since 1970, of UTC
  currency TEXT NOT NULL,
  orders BIGINT NOT NULL,
  revenue BIGINT NOT NULL,                 -- minor units: listed prices less discounts
  PRIMARY KEY (tenant_id, day, currency)
);
CREATE TABLE sales_closed (
  tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
  until_day BIGINT NOT NULL                -- days before it are in sales_days
);
