-- Help that customers read and search.
CREATE TABLE articles (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  slug TEXT NOT NULL,                      -- its place below /help
  title_en TEXT NOT NULL,                  -- one of the two languages may be empty: the other shows
  title_zh TEXT NOT NULL,
  body_en TEXT NOT NULL,                   -- Markdown
  body_zh TEXT NOT NULL,
  published BIGINT NOT NULL,
  position BIGINT NOT NULL,                -- the least first
  folded TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX articles_slug ON articles (tenant_id, slug);
CREATE INDEX articles_list ON articles (tenant_id, position, id);
