-- Money that goes back. One row is one sum, however often its gateway is asked about it.
CREATE TABLE refunds (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  order_id TEXT REFERENCES orders (id),
  payment_id TEXT REFERENCES payments (id), -- that its gateway gives back from
  origin TEXT NOT NULL,                     -- sale: of what was sold; payment: of money that did not fit
  way TEXT NOT NULL,                        -- gateway, balance, hand
  state TEXT NOT NULL,                      -- asked, done, failed, dropped, told: the gateway says so, and nobody here asked
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  number TEXT NOT NULL,                     -- ours, by which the gateway knows it again
  gateway_number TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  reference TEXT NOT NULL DEFAULT '',
  actor TEXT NOT NULL DEFAULT '',
  answer TEXT NOT NULL DEFAULT '',          -- the gateway's last words, as a stored message
  sent BIGINT NOT NULL DEFAULT 0,           -- 1: the gateway was asked to do it, under this number
  tries BIGINT NOT NULL DEFAULT 0,
  ask_at BIGINT,                            -- when the gateway is asked next; null: not by itself any more
  created_at BIGINT NOT NULL,
  done_at BIGINT
);
CREATE INDEX refunds_list ON refunds (tenant_id, state, id);
CREATE INDEX refunds_order ON refunds (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX refunds_payment ON refunds (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX refunds_ask ON refunds (ask_at) WHERE ask_at IS NOT NULL;
