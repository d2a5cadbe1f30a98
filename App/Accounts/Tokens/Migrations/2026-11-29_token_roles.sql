-- A token may have a role that was made here. As with accounts, "role" is then the least built-in one that may do as much.
ALTER TABLE api_tokens ADD COLUMN role_id TEXT REFERENCES staff_roles (id);
CREATE INDEX api_tokens_role_id ON api_tokens (role_id) WHERE role_id IS NOT NULL;
