-- Attempts are asked about also after their order was given up.
DROP INDEX payment_attempts_ask;
CREATE INDEX payment_attempts_asked ON payment_attempts (ask_at) WHERE ask_at IS NOT NULL;
