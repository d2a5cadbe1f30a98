-- Whose control server it is.
ALTER TABLE tailnets ADD COLUMN kind TEXT NOT NULL DEFAULT 'tailscale';  -- tailscale | headscale (by a key) | verify (headscale, by its public address)
ALTER TABLE tailnets ADD COLUMN url TEXT NOT NULL DEFAULT '';            -- of headscale
