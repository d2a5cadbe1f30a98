-- Webhooks of tailnets that are made by their API, where the client may.
ALTER TABLE tailnets ADD COLUMN hook_address TEXT NOT NULL DEFAULT '';  -- where ours goes; empty: none is made
ALTER TABLE tailnets ADD COLUMN hook_id TEXT;                           -- as their API names ours; null: there is none yet, or one was made by hand
ALTER TABLE tailnets ADD COLUMN hook_due_at BIGINT;                     -- it is made then; null: it is there, or is not made
ALTER TABLE tailnets ADD COLUMN hook_failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tailnets ADD COLUMN hook_error TEXT;                        -- why it could not be made, as a message
CREATE INDEX tailnets_hook_due ON tailnets (hook_due_at) WHERE hook_due_at IS NOT NULL;
-- Those that nobody wants any more, until their API has removed them. With what is needed for that, for a day at most.
CREATE TABLE tailnet_ended_hooks (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  hook_id TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,             -- of the OAuth client
  due_at BIGINT NOT NULL,
  failures BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);
CREATE INDEX tailnet_ended_hooks_due ON tailnet_ended_hooks (due_at);
