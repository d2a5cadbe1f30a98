-- Recharge keys that are used up. A key is once in it: what it was worth is on a balance, or was taken back with its order.
CREATE TABLE recharge_uses (
  license_id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  transaction_id TEXT NOT NULL REFERENCES ledger_transactions (id),
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,                  -- minor units: what it put on a balance; 0: it was taken back
  paid BIGINT NOT NULL,                    -- what it was sold for, as listed, and is no longer owed
  created_at BIGINT NOT NULL
);
CREATE INDEX recharge_uses_list ON recharge_uses (tenant_id, license_id);
CREATE INDEX recharge_uses_transaction ON recharge_uses (transaction_id);
