-- What customers are told of by channels and by mail when it begins, once.
ALTER TABLE announcements ADD COLUMN by_mail BIGINT NOT NULL DEFAULT 0;   -- 1: also by mail
ALTER TABLE announcements ADD COLUMN told_at BIGINT;                      -- by channels
ALTER TABLE announcements ADD COLUMN mailed_at BIGINT;                    -- when the last mail was left to be sent
ALTER TABLE announcements ADD COLUMN mailed_to TEXT NOT NULL DEFAULT '';  -- the last account that has got one
ALTER TABLE announcements ADD COLUMN mails BIGINT NOT NULL DEFAULT 0;     -- how many have
-- Before this it was told when it was made, if it had begun by then.
UPDATE announcements SET told_at = created_at WHERE starts_at IS NULL OR starts_at <= created_at;
