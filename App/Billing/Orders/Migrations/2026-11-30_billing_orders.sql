CREATE TABLE orders (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  number TEXT NOT NULL,                    -- eight letters and digits that cannot be mistaken for each other
  token TEXT NOT NULL,                     -- opens the order's page: 128 bits
  kind TEXT NOT NULL,                      -- new, top_up, manual, ...
  state TEXT NOT NULL,                     -- pending, paid, delivered, cancelled, refunded, partly_refunded
  account_id TEXT,
  email TEXT NOT NULL DEFAULT '',
  lookup_hash TEXT NOT NULL DEFAULT '',    -- of the word that a guest finds it by
  language TEXT NOT NULL DEFAULT 'en',
  plan_id TEXT REFERENCES plans (id),
  name TEXT NOT NULL,                      -- of what was bought, as it was then
  quantity BIGINT NOT NULL,
  delivery TEXT NOT NULL,                  -- key, hand
  stocked BIGINT NOT NULL DEFAULT 0,       -- 1: keys of a batch are kept for it while it waits
  currency TEXT NOT NULL,
  unit_price BIGINT NOT NULL,
  total BIGINT NOT NULL,                   -- unit price times quantity
  discount BIGINT NOT NULL DEFAULT 0,
  amount BIGINT NOT NULL,                  -- to be paid: total less discount
  channel_id TEXT,
  handed_over TEXT NOT NULL DEFAULT '',    -- what staff filled in for the buyer
  ip TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  paid_at BIGINT,
  delivered_at BIGINT,
  closed_at BIGINT                         -- cancelled
);
CREATE UNIQUE INDEX orders_number ON orders (tenant_id, number);
CREATE UNIQUE INDEX orders_token ON orders (token);
CREATE INDEX orders_list ON orders (tenant_id, id);
CREATE INDEX orders_state ON orders (tenant_id, state, id);
CREATE INDEX orders_account ON orders (tenant_id, account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX orders_email ON orders (tenant_id, email, id) WHERE email <> '';
CREATE INDEX orders_plan ON orders (tenant_id, plan_id, id);
CREATE INDEX orders_waiting ON orders (expires_at) WHERE state = 'pending';
CREATE TABLE order_events (
  order_id TEXT NOT NULL REFERENCES orders (id),
  id TEXT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL DEFAULT '',          -- the name of who of staff it was; empty: the program or the buyer
  detail TEXT NOT NULL DEFAULT '',         -- a reason, a gateway's number
  PRIMARY KEY (order_id, id)
);
-- Keys that are kept for an order, and then its own. A key is of one order, also when staff have deleted it.
CREATE TABLE order_keys (
  license_id TEXT NOT NULL PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  key TEXT NOT NULL DEFAULT '',            -- as it was handed over
  delivered_at BIGINT
);
CREATE INDEX order_keys_order ON order_keys (order_id);
-- A try to pay an order by a channel. Its number goes to the gateway and is never used again.
CREATE TABLE payment_attempts (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  order_id TEXT NOT NULL REFERENCES orders (id),
  channel_id TEXT NOT NULL,
  trade_number TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  state TEXT NOT NULL,                     -- pending, paid, closed
  gateway_number TEXT NOT NULL DEFAULT '',
  prompt TEXT NOT NULL DEFAULT '',         -- what the payer is shown, as JSON
  calls BIGINT NOT NULL DEFAULT 0,         -- how many calls about it were kept
  asked BIGINT NOT NULL DEFAULT 0,         -- how often the gateway was asked about it
  ask_at BIGINT,                           -- when it is asked next
  created_at BIGINT NOT NULL,
  paid_at BIGINT
);
CREATE UNIQUE INDEX payment_attempts_number ON payment_attempts (tenant_id, trade_number);
CREATE INDEX payment_attempts_order ON payment_attempts (order_id);
CREATE INDEX payment_attempts_ask ON payment_attempts (ask_at) WHERE state = 'pending' AND ask_at IS NOT NULL;
CREATE INDEX payment_attempts_gateway ON payment_attempts (tenant_id, gateway_number) WHERE gateway_number <> '';
-- Money that came in. One payment of a gateway is one row, however often it is told.
CREATE TABLE payments (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  channel_id TEXT NOT NULL,
  gateway_number TEXT NOT NULL,
  proof TEXT NOT NULL DEFAULT '',          -- such as the hash of a transaction
  attempt_id TEXT REFERENCES payment_attempts (id),
  order_id TEXT REFERENCES orders (id),
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  problem TEXT,                            -- why it waits for staff: unknown, underpaid, overpaid, twice, late, currency
  open_amount BIGINT NOT NULL DEFAULT 0,   -- how much of it lies in suspense
  created_at BIGINT NOT NULL,
  resolved_at BIGINT,
  resolution TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX payments_gateway ON payments (channel_id, gateway_number);
CREATE INDEX payments_order ON payments (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX payments_open ON payments (tenant_id, id) WHERE problem IS NOT NULL AND resolved_at IS NULL;
CREATE INDEX payments_proof ON payments (tenant_id, proof) WHERE proof <> '';
-- Every call to a notify address, without secrets, and what each check said.
CREATE TABLE payment_calls (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  channel_id TEXT NOT NULL,
  attempt_id TEXT,
  at BIGINT NOT NULL,
  ip TEXT,
  method TEXT NOT NULL,
  content TEXT NOT NULL,                   -- as JSON, name and value
  checks TEXT NOT NULL,                    -- as JSON, name and whether it held
  verdict TEXT NOT NULL
);
CREATE INDEX payment_calls_channel ON payment_calls (channel_id, id);
CREATE INDEX payment_calls_attempt ON payment_calls (attempt_id) WHERE attempt_id IS NOT NULL;
CREATE TABLE payment_channels (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  currencies TEXT NOT NULL,                -- as a JSON array
  settings TEXT NOT NULL DEFAULT '{}',
  secrets TEXT NOT NULL DEFAULT '[]',
  sealed_secrets TEXT NOT NULL DEFAULT '',
  minimum BIGINT NOT NULL DEFAULT 0,       -- minor units of the order's currency; 0: none
  maximum BIGINT NOT NULL DEFAULT 0,
  wait_minutes BIGINT NOT NULL DEFAULT 30, -- how long an order that is to be paid by it waits
  shop_order BIGINT NOT NULL DEFAULT 0,
  enabled BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX payment_channels_list ON payment_channels (tenant_id, shop_order, id);
