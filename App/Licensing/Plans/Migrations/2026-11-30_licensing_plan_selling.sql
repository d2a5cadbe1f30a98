-- What a plan needs to be sold in the shop.
ALTER TABLE plans ADD COLUMN on_sale BIGINT NOT NULL DEFAULT 0;
ALTER TABLE plans ADD COLUMN tiers TEXT NOT NULL DEFAULT '[]';          -- [{"from":10,"price":900}]: the price of each from so many on
ALTER TABLE plans ADD COLUMN stock_batch TEXT;                          -- the batch whose unused keys are sold; null: keys are made when they are bought
ALTER TABLE plans ADD COLUMN low_stock BIGINT NOT NULL DEFAULT 0;       -- staff are told when fewer are left; 0: never
ALTER TABLE plans ADD COLUMN order_limit BIGINT NOT NULL DEFAULT 0;     -- how many an order may have; 0: as many as any
ALTER TABLE plans ADD COLUMN person_limit BIGINT NOT NULL DEFAULT 0;    -- how many one buyer may have; 0: no limit
ALTER TABLE plans ADD COLUMN day_limit BIGINT NOT NULL DEFAULT 0;       -- how many one buyer may have within 24 hours; 0: no limit
ALTER TABLE plans ADD COLUMN delivery TEXT NOT NULL DEFAULT 'key';      -- key, hand
ALTER TABLE plans ADD COLUMN description_en TEXT NOT NULL DEFAULT '';   -- Markdown
ALTER TABLE plans ADD COLUMN description_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE plans ADD COLUMN shop_group TEXT NOT NULL DEFAULT '';       -- the heading that it stands under
ALTER TABLE plans ADD COLUMN shop_order BIGINT NOT NULL DEFAULT 0;      -- the lowest first
CREATE INDEX plans_on_sale ON plans (tenant_id, shop_order, id) WHERE on_sale = 1;
