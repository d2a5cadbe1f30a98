-- What was settled, beside what waits.
CREATE INDEX payments_settled ON payments (tenant_id, id) WHERE problem IS NOT NULL AND resolved_at IS NOT NULL;
