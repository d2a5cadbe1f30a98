-- A receipt says for ever what it said when it was made out.
CREATE TABLE receipts (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  year BIGINT NOT NULL,                    -- of the operator's time zone
  number BIGINT NOT NULL,                  -- 1, 2, 3, ... without a gap
  order_id TEXT NOT NULL REFERENCES orders (id),
  buyer TEXT NOT NULL DEFAULT '',          -- who it is made out to, as they wrote it
  seller_name TEXT NOT NULL,
  seller_address TEXT NOT NULL DEFAULT '',
  seller_tax TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  issued_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, year, number)
);
CREATE UNIQUE INDEX receipts_order ON receipts (order_id);
CREATE TABLE receipt_years (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  year BIGINT NOT NULL,
  last BIGINT NOT NULL,                    -- the number of the last one
  PRIMARY KEY (tenant_id, year)
);
