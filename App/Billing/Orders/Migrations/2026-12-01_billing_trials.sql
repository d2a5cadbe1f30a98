-- Who has had a plan's trial: an account, or the keyed mark of an e-mail address or of a mail domain.
CREATE TABLE trial_uses (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  plan_id TEXT NOT NULL REFERENCES plans (id),
  who TEXT NOT NULL,                       -- account:ID, mail:MARK, domain:MARK
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, plan_id, who)
);
CREATE INDEX trial_uses_who ON trial_uses (tenant_id, who);
-- What the buyer answered to the questions of the plan, as a JSON array of key, name and value.
ALTER TABLE orders ADD COLUMN form TEXT NOT NULL DEFAULT '[]';
