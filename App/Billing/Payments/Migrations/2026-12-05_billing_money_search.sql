-- The number that a gateway named for a payment which no order here is for: staff find it by that.
ALTER TABLE payments ADD COLUMN named TEXT NOT NULL DEFAULT '';
CREATE INDEX payments_named ON payments (tenant_id, named) WHERE named <> '';
CREATE INDEX refunds_number ON refunds (tenant_id, number);
CREATE INDEX refunds_gateway ON refunds (tenant_id, gateway_number) WHERE gateway_number <> '';
