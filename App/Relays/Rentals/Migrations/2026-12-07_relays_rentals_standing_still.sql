-- The relays of rentals that are suspended stand still, as those of rentals that are over do.
UPDATE relay_containers SET wanted = 'stop' WHERE slot_id IN (SELECT s.id FROM relay_slots s JOIN rentals r ON r.id = s.rental_id WHERE r.suspended_at IS NOT NULL AND s.released_at IS NULL);
