-- Words of mails that take the place of a template's own, by language; and those of mails that staff wrote to many.
CREATE TABLE mail_texts (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,                      -- of the template; letter:ID for what was written once
  language TEXT NOT NULL,                  -- en | zh
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, name, language)
);
CREATE INDEX mail_texts_old ON mail_texts (updated_at) WHERE name LIKE 'letter:%';
