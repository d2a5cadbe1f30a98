CREATE INDEX ledger_transactions_time ON ledger_transactions (tenant_id, created_at, id);
