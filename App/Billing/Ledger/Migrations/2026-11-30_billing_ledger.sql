-- Every movement of money, as double entry: the entries of a transaction add up to nothing. Rows are only ever added.
CREATE TABLE ledger_transactions (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  kind TEXT NOT NULL,                      -- why: sale, top_up, refund, ...
  currency TEXT NOT NULL,                  -- ISO 4217
  order_id TEXT,
  payment_id TEXT,
  reference TEXT NOT NULL DEFAULT '',      -- what staff wrote to it
  actor TEXT NOT NULL DEFAULT '',          -- the name of who of staff did it; empty: the program
  created_at BIGINT NOT NULL
);
CREATE INDEX ledger_transactions_list ON ledger_transactions (tenant_id, id);
CREATE INDEX ledger_transactions_order ON ledger_transactions (order_id) WHERE order_id IS NOT NULL;
CREATE TABLE ledger_entries (
  transaction_id TEXT NOT NULL REFERENCES ledger_transactions (id),
  account TEXT NOT NULL,                   -- clearing:CHANNEL, balance:ACCOUNT, revenue, ...
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,                  -- minor units; above zero a debit, below zero a credit
  created_at BIGINT NOT NULL,
  PRIMARY KEY (transaction_id, account)
);
CREATE INDEX ledger_entries_account ON ledger_entries (tenant_id, account, transaction_id);
-- What customers have: the sum of their entries, and the row that is locked while it changes.
CREATE TABLE ledger_balances (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account TEXT NOT NULL,
  currency TEXT NOT NULL,
  balance BIGINT NOT NULL,                 -- minor units, never below zero
  PRIMARY KEY (tenant_id, account, currency)
);
