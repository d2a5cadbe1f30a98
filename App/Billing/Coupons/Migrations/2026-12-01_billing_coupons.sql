CREATE TABLE coupons (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  code TEXT NOT NULL,                      -- that everybody may use; empty: it has codes of a batch alone
  name TEXT NOT NULL,
  percent BIGINT NOT NULL,                 -- 0: an amount is taken off
  amount BIGINT NOT NULL,                  -- minor units; 0: a percentage is
  currency TEXT NOT NULL,                  -- of amount and minimum
  plans TEXT NOT NULL DEFAULT '[]',        -- ids as a JSON array; with shop_groups empty as well: all
  shop_groups TEXT NOT NULL DEFAULT '[]',
  starts_at BIGINT,
  ends_at BIGINT,
  total_limit BIGINT NOT NULL DEFAULT 0,   -- 0: none
  person_limit BIGINT NOT NULL DEFAULT 0,
  minimum BIGINT NOT NULL DEFAULT 0,
  first_order BIGINT NOT NULL DEFAULT 0,
  stackable BIGINT NOT NULL DEFAULT 0,
  enabled BIGINT NOT NULL DEFAULT 1,
  uses BIGINT NOT NULL DEFAULT 0,          -- how many orders have it now: those of coupon_uses that did not come back
  codes BIGINT NOT NULL DEFAULT 0,         -- how many codes for one use were made
  folded TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX coupons_list ON coupons (tenant_id, id);
CREATE TABLE coupon_codes (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  code TEXT NOT NULL,
  coupon_id TEXT NOT NULL REFERENCES coupons (id),
  single BIGINT NOT NULL,                  -- 1: good for one order
  order_id TEXT REFERENCES orders (id),    -- that has it, where it is good for one
  PRIMARY KEY (tenant_id, code)
);
CREATE INDEX coupon_codes_coupon ON coupon_codes (coupon_id, code);
CREATE INDEX coupon_codes_order ON coupon_codes (order_id) WHERE order_id IS NOT NULL;
CREATE TABLE coupon_uses (
  order_id TEXT NOT NULL REFERENCES orders (id),
  coupon_id TEXT NOT NULL REFERENCES coupons (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  code TEXT NOT NULL,
  currency TEXT NOT NULL,
  discount BIGINT NOT NULL,                -- minor units: what it took off
  created_at BIGINT NOT NULL,
  returned_at BIGINT,                      -- the order was given up: it does not count
  PRIMARY KEY (order_id, coupon_id)
);
CREATE INDEX coupon_uses_coupon ON coupon_uses (coupon_id, order_id);
CREATE INDEX coupon_uses_list ON coupon_uses (tenant_id, order_id);
