-- What is searched, as Folding has it.
ALTER TABLE audit_entries ADD COLUMN actor_folded TEXT NOT NULL DEFAULT '';
ALTER TABLE audit_entries ADD COLUMN target_folded TEXT NOT NULL DEFAULT '';
ALTER TABLE audit_entries ADD COLUMN folded TEXT NOT NULL DEFAULT '';
-- fold audit_entries (tenant_id, seq) actor_folded = actor_name
-- fold audit_entries (tenant_id, seq) target_folded = target_name
-- fold audit_entries (tenant_id, seq) folded = actor_name, ip, action, target_id, target_name, before_json, after_json, reason
