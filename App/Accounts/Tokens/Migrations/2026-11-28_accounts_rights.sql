-- "*" is all that the role may. Until here an empty set said so, and what was cut down to nothing was read as everything.
UPDATE api_tokens SET scopes = '*' WHERE scopes = '';

-- Which token made it, beside the account that stood behind that token, and which account: what somebody made with a token that was
-- not theirs goes with it. NULL: made by no token, or before this was noted.
ALTER TABLE api_tokens ADD COLUMN made_by_token TEXT;
ALTER TABLE accounts ADD COLUMN made_by TEXT;
ALTER TABLE accounts ADD COLUMN made_by_token TEXT;
CREATE INDEX api_tokens_made_by_token ON api_tokens (made_by_token) WHERE made_by_token IS NOT NULL;
CREATE INDEX accounts_made_by ON accounts (made_by) WHERE made_by IS NOT NULL;
CREATE INDEX accounts_made_by_token ON accounts (made_by_token) WHERE made_by_token IS NOT NULL;
