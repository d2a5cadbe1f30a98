-- What a channel costs and which plans it pays.
ALTER TABLE payment_channels ADD COLUMN icon TEXT NOT NULL DEFAULT '';        -- empty: that of its kind
ALTER TABLE payment_channels ADD COLUMN plans TEXT NOT NULL DEFAULT '[]';     -- ids of plans as a JSON array; empty: all, and top-ups
ALTER TABLE payment_channels ADD COLUMN fee_rate BIGINT NOT NULL DEFAULT 0;   -- hundredths of a percent of the price
ALTER TABLE payment_channels ADD COLUMN fee_fixed BIGINT NOT NULL DEFAULT 0;  -- minor units of the order's currency
ALTER TABLE payment_channels ADD COLUMN fee_by TEXT NOT NULL DEFAULT 'buyer'; -- who carries it: buyer, operator
ALTER TABLE orders ADD COLUMN fee BIGINT NOT NULL DEFAULT 0;                  -- what the buyer pays for the channel: within the amount
ALTER TABLE payment_attempts ADD COLUMN fee BIGINT NOT NULL DEFAULT 0;        -- the same, within the attempt's amount
ALTER TABLE payment_attempts ADD COLUMN kept BIGINT NOT NULL DEFAULT 0;       -- what the channel keeps of the amount at the operator's cost
