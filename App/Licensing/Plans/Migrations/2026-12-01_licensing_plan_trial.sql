ALTER TABLE plans ADD COLUMN trial BIGINT NOT NULL DEFAULT 0;          -- 1: once a person
ALTER TABLE plans ADD COLUMN order_form TEXT NOT NULL DEFAULT '[]';    -- what buyers are asked for, as a JSON array
