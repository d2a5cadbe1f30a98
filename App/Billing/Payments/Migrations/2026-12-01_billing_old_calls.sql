CREATE INDEX payment_calls_at ON payment_calls (at);
