-- Whose link somebody signs up by, until they have confirmed their address.
ALTER TABLE email_codes ADD COLUMN invited_by TEXT NOT NULL DEFAULT '';
