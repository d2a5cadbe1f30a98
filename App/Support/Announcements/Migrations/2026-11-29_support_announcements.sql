-- What an operator tells people, above the pages and on one of its own.
CREATE TABLE announcements (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  title_en TEXT NOT NULL,                  -- one of the two languages may be empty: the other shows
  title_zh TEXT NOT NULL,
  text_en TEXT NOT NULL,
  text_zh TEXT NOT NULL,
  severity TEXT NOT NULL,                  -- info | warning
  audience TEXT NOT NULL,                  -- everyone | customers | staff
  starts_at BIGINT,                        -- NULL: from the beginning
  ends_at BIGINT,                          -- NULL: until it is deleted
  folded TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX announcements_list ON announcements (tenant_id, id);
