-- Staff look for a payment by the gateway's number alone.
CREATE INDEX payments_number ON payments (tenant_id, gateway_number);
