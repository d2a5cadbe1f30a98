-- What staff are shown of a message: what it is, whom it is for, who has it now, what its receiver said.
ALTER TABLE outbox ADD COLUMN what TEXT NOT NULL DEFAULT '';               -- a stored message; empty: its topic says it all
ALTER TABLE outbox ADD COLUMN recipient TEXT NOT NULL DEFAULT '';          -- as staff know them; empty: nobody, or an address that is a secret by itself
ALTER TABLE outbox ADD COLUMN recipient_folded TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN held BIGINT NOT NULL DEFAULT 0;              -- 1: a node delivers it, until next_try_at
ALTER TABLE outbox ADD COLUMN answer TEXT;                                 -- the receiver's own words when it took it
CREATE INDEX outbox_list ON outbox (tenant_id, id);
CREATE INDEX outbox_list_waiting ON outbox (tenant_id, id) WHERE next_try_at IS NOT NULL;
CREATE INDEX outbox_list_dead ON outbox (tenant_id, id) WHERE dead_at IS NOT NULL;
CREATE INDEX outbox_recipient ON outbox (tenant_id, recipient_folded) WHERE recipient_folded <> '';
