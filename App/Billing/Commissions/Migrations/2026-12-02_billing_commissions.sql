-- Links that distributors sell by. Who follows one is theirs for 30 days.
CREATE TABLE distributor_links (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  code TEXT NOT NULL,                      -- the last part of its address
  account_id TEXT NOT NULL,                -- the distributor
  name TEXT NOT NULL,                      -- what they call it
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, code)
);
CREATE INDEX distributor_links_account ON distributor_links (tenant_id, account_id, code);
-- Customers who followed a link while they were signed in, or ordered by one: the last link counts.
CREATE TABLE referrals (
  account_id TEXT NOT NULL PRIMARY KEY,    -- the customer
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  link TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX referrals_link ON referrals (tenant_id, link);
-- What a distributor gets of the price, in hundredths of a percent.
CREATE TABLE distributor_rates (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  plan_id TEXT NOT NULL,                   -- empty: of every plan that has none of its own for the level
  level BIGINT NOT NULL,
  rate BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, plan_id, level)
);
CREATE TABLE commission_terms (
  tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
  hold_days BIGINT NOT NULL                -- from delivery until it can be withdrawn
);
-- An order that a distributor's link led to, and what the distributor gets of it.
CREATE TABLE commissions (
  order_id TEXT NOT NULL PRIMARY KEY REFERENCES orders (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL,                -- the distributor
  link TEXT NOT NULL,
  currency TEXT NOT NULL,
  price BIGINT NOT NULL DEFAULT 0,         -- listed price less discount, as it was paid
  paid BIGINT NOT NULL DEFAULT 0,          -- with the fee
  rate BIGINT NOT NULL DEFAULT 0,          -- as it was when it was paid
  returned BIGINT NOT NULL DEFAULT 0,      -- how much of paid went back
  amount BIGINT NOT NULL DEFAULT 0,        -- what is on the books
  paid_at BIGINT,
  earned_at BIGINT,                        -- delivered
  due_at BIGINT,                           -- can be withdrawn from then on
  created_at BIGINT NOT NULL
);
CREATE INDEX commissions_account ON commissions (tenant_id, account_id, order_id);
CREATE INDEX commissions_paid ON commissions (tenant_id, paid_at) WHERE paid_at IS NOT NULL;
CREATE INDEX orders_bulk ON orders (tenant_id, paid_at) WHERE kind = 'bulk';
CREATE TABLE withdrawals (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL,                -- the distributor
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  way TEXT NOT NULL,                       -- balance, hand
  details TEXT NOT NULL DEFAULT '',        -- where to pay it, as they wrote it
  state TEXT NOT NULL,                     -- asked, paid, refused
  reference TEXT NOT NULL DEFAULT '',      -- how staff paid it, or why they did not; shown to the distributor
  actor TEXT NOT NULL DEFAULT '',          -- the name of who of staff decided
  posting TEXT,                            -- of the ledger, that decided it
  created_at BIGINT NOT NULL,
  decided_at BIGINT
);
CREATE INDEX withdrawals_list ON withdrawals (tenant_id, state, id);
CREATE INDEX withdrawals_account ON withdrawals (tenant_id, account_id, id);
