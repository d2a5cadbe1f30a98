-- Events about somebody who is to be forgotten are found by whom they name.
CREATE INDEX security_events_subject ON security_events (tenant_id, subject);
