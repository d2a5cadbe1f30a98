-- Any number finds the order, and orders are listed by the channel that they are paid by.
CREATE INDEX payments_number ON payments (tenant_id, gateway_number);
CREATE INDEX orders_channel ON orders (tenant_id, channel_id, id) WHERE channel_id IS NOT NULL;
