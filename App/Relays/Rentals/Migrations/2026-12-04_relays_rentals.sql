-- What a rental's time cost, and the plan that follows on the one it runs on.
ALTER TABLE rentals ADD COLUMN price BIGINT NOT NULL DEFAULT 0;      -- minor units for plan_seconds, as the plan cost when it came
ALTER TABLE rentals ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE rentals ADD COLUMN plan_seconds BIGINT;                  -- how long one of its plan lasts; null: for ever
ALTER TABLE rentals ADD COLUMN next_at BIGINT;                       -- next_terms are in force from then on; end_at is the end of both
ALTER TABLE rentals ADD COLUMN next_terms TEXT NOT NULL DEFAULT '';  -- as JSON; empty: no other plan follows
ALTER TABLE rentals ADD COLUMN short_at BIGINT;                      -- it has fewer relays than it should, for want of room; last tried then
ALTER TABLE rentals ADD COLUMN reminded_end BIGINT;                  -- the end that its owner was reminded of
ALTER TABLE rentals ADD COLUMN reminded_days BIGINT NOT NULL DEFAULT 0;  -- so many days before it
CREATE INDEX rentals_next ON rentals (next_at) WHERE next_at IS NOT NULL AND released_at IS NULL;
CREATE INDEX rentals_short ON rentals (short_at) WHERE short_at IS NOT NULL AND released_at IS NULL;
