-- Servers that their relays go from.
ALTER TABLE relay_servers ADD COLUMN leaving TEXT NOT NULL DEFAULT '';  -- drained | removed (then it is removed); empty: they stay
ALTER TABLE relay_servers ADD COLUMN over_until BIGINT;                 -- its traffic allowance is used up as far as it may be, until then (unix milliseconds)
