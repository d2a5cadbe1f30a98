-- What was granted: credit is the larger of it and of what is owed, and falls with what is paid back.
ALTER TABLE ledger_balances ADD COLUMN granted BIGINT NOT NULL DEFAULT 0;
UPDATE ledger_balances SET granted = COALESCE((SELECT d.credit FROM distributors d WHERE d.tenant_id = ledger_balances.tenant_id AND d.state = 'active' AND d.currency = ledger_balances.currency
  AND 'balance:' || d.account_id = ledger_balances.account), 0) WHERE credit > 0;
UPDATE ledger_balances SET credit = CASE WHEN -balance > granted THEN -balance ELSE granted END WHERE credit > 0;
