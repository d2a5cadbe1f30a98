-- What customers are searched by, apart from all else: a search for a word that nobody has reads the whole of it.
CREATE TABLE customer_search (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  account_id TEXT NOT NULL,
  folded TEXT NOT NULL,                    -- as SearchText has it
  PRIMARY KEY (tenant_id, account_id)
) /*sqlite WITHOUT ROWID */;
INSERT INTO customer_search (tenant_id, account_id, folded) SELECT tenant_id, id, folded FROM accounts WHERE kind = 'customer';
UPDATE accounts SET folded = '' WHERE kind = 'customer';
