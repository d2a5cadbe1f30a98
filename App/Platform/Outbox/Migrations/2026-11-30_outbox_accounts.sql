-- Whose a message is, so that it goes when they are forgotten; NULL: nobody's.
ALTER TABLE outbox ADD COLUMN account_id TEXT;
CREATE INDEX outbox_account ON outbox (account_id) WHERE account_id IS NOT NULL;
