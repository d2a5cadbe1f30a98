-- A customer's points: the balance is what the last entry says, and no number of its own.
CREATE TABLE point_entries (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL REFERENCES accounts (id),
  number BIGINT NOT NULL,                  -- from 1, without a gap
  amount BIGINT NOT NULL,                  -- given, or below zero taken
  balance BIGINT NOT NULL CHECK (balance >= 0),
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,                     -- the name of who of staff did it, as it was then; empty: the customer
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX point_entries_number ON point_entries (account_id, number);
