-- What a distributor said of an order: the number that it has in their own shop, and whom of their customers it is for.
CREATE TABLE distributor_orders (
  order_id TEXT NOT NULL PRIMARY KEY REFERENCES orders (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL,
  reference TEXT,                          -- null: none, or forgotten
  customer TEXT NOT NULL DEFAULT ''        -- an e-mail address, or empty
);
CREATE UNIQUE INDEX distributor_orders_reference ON distributor_orders (tenant_id, account_id, reference);
CREATE INDEX distributor_orders_customer ON distributor_orders (tenant_id, customer);
