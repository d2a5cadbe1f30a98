-- Who asked is told once when balance and line together fall below this.
ALTER TABLE ledger_balances ADD COLUMN notice_below BIGINT;              -- minor units; null: nobody asked
ALTER TABLE ledger_balances ADD COLUMN noticed BIGINT NOT NULL DEFAULT 0; -- 1: they were told, and it has not been above since
