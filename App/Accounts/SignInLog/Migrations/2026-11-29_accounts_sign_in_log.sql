-- The log of a tenant, newest first.
CREATE INDEX sign_ins_tenant ON sign_ins (tenant_id, id);
