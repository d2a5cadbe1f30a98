-- One machine by several forms of its code: what bindings are looked up and searched by, and each plan's rule (exact, uuid or all).
ALTER TABLE bindings ADD COLUMN machine_folded TEXT /*postgres COLLATE "C" */ NOT NULL DEFAULT '';
ALTER TABLE plans ADD COLUMN machine_code_rule TEXT NOT NULL DEFAULT 'uuid';
-- identify bindings (license_id, machine_code) machine_folded = machine_code
DROP INDEX bindings_machine;
CREATE INDEX bindings_machine ON bindings (tenant_id, machine_folded, license_id);
