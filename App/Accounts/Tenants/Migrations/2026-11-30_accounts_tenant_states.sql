-- A tenant that its owner has closed, is removing or has removed; of the last only this row is left, so that its id is not given again.
ALTER TABLE tenants ADD COLUMN state TEXT NOT NULL DEFAULT 'open';        -- open | closed | removing | removed
ALTER TABLE tenants ADD COLUMN closed_at BIGINT;                          -- by the database's clock
