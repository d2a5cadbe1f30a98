-- What holds a secret (a code, a link that opens an account) is sealed while it waits, and wiped when it is done or given up.
ALTER TABLE outbox ADD COLUMN sealed_payload TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN wiped BIGINT NOT NULL DEFAULT 0;   -- 1: given up, and nothing is left to deliver
CREATE INDEX outbox_sealed ON outbox (id) WHERE sealed_payload <> '';
