-- Relays that go to another server: the new container runs first, and the old one until the new map was fetched. Times in unix milliseconds.
ALTER TABLE relay_containers ADD COLUMN port BIGINT NOT NULL DEFAULT 0;  -- its slot's, but where that could not be had
UPDATE relay_containers SET port = (SELECT s.port FROM relay_slots s WHERE s.id = relay_containers.slot_id);
CREATE UNIQUE INDEX relay_containers_port ON relay_containers (server_id, port);

CREATE TABLE relay_moves (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  slot_id TEXT NOT NULL REFERENCES relay_slots (id) ON DELETE CASCADE,
  from_server TEXT NOT NULL,               -- may be gone, as the other
  to_server TEXT NOT NULL,
  container_id TEXT NOT NULL,              -- the new one
  cause TEXT NOT NULL,                     -- asked | drained | removed | down | allowance | balanced
  state TEXT NOT NULL,                     -- starting | overlap | done | dropped
  acl_version BIGINT,                      -- the first that names the new place; null: no map does
  error TEXT,                              -- why the new relay is not reached, as a message
  begun_at BIGINT NOT NULL,
  switched_at BIGINT,                      -- maps name the new place since then
  ended_at BIGINT
);
CREATE UNIQUE INDEX relay_moves_slot ON relay_moves (slot_id) WHERE ended_at IS NULL;
CREATE INDEX relay_moves_open ON relay_moves (id) WHERE ended_at IS NULL;
CREATE INDEX relay_moves_list ON relay_moves (tenant_id, id);
CREATE INDEX relay_moves_past ON relay_moves (slot_id, id);
CREATE INDEX relay_moves_container ON relay_moves (container_id);
