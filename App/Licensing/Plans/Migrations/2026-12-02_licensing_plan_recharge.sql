-- Plans whose keys put so much on a balance, in minor units of their currency; 0: their keys are activated.
ALTER TABLE plans ADD COLUMN recharge BIGINT NOT NULL DEFAULT 0;
CREATE INDEX plans_recharge ON plans (tenant_id, id) WHERE recharge > 0;
