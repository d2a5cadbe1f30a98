-- Each topic has its own worker, which asks for the first of its own.
CREATE INDEX outbox_topic_due ON outbox (topic, next_try_at, id) WHERE next_try_at IS NOT NULL;
