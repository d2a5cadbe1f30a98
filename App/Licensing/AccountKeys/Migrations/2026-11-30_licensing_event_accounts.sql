-- Which customer did it, so that the address it came from can be forgotten with them; NULL: nobody who was signed in as one, or who is gone.
ALTER TABLE license_events ADD COLUMN account_id TEXT;
CREATE INDEX license_events_account ON license_events (account_id, license_id) WHERE account_id IS NOT NULL;
