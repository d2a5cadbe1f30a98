-- What a rental and its plan are called, as it is searched.
ALTER TABLE rentals ADD COLUMN folded TEXT NOT NULL DEFAULT '';
-- fold rentals (id) folded = name, plan_name
