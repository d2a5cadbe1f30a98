-- What a code brings in when it is typed: the invitation that is used up by it, the address that becomes the account's.
ALTER TABLE email_codes ADD COLUMN invitation_id TEXT NOT NULL DEFAULT '';
ALTER TABLE email_codes ADD COLUMN wanted_email TEXT NOT NULL DEFAULT '';
