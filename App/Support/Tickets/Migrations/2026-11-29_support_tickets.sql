-- What customers ask, what staff answer, and what hangs on it.
CREATE TABLE ticket_counters (
  tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
  last BIGINT NOT NULL                     -- the number that was given last
);
CREATE TABLE tickets (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  number BIGINT NOT NULL,                  -- what people say
  account_id TEXT NOT NULL,                -- the customer
  subject TEXT NOT NULL,
  about TEXT NOT NULL,                     -- what of the customer's own it is about, such as a key; empty for none
  state TEXT NOT NULL,                     -- open, waiting_us, waiting_customer, closed; one that waits for the customer too long is closed at read time
  state_at BIGINT NOT NULL,
  priority TEXT NOT NULL,                  -- low, normal, high
  assignee TEXT,                           -- account of staff
  customer_at BIGINT NOT NULL,             -- when each side wrote last; 0: never
  staff_at BIGINT NOT NULL,
  messages BIGINT NOT NULL,                -- how many there are, notes among them
  folded TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL               -- when somebody wrote last, or it was opened or closed
);
CREATE UNIQUE INDEX tickets_number ON tickets (tenant_id, number);
CREATE INDEX tickets_list ON tickets (tenant_id, updated_at, id);
CREATE INDEX tickets_state ON tickets (tenant_id, state, updated_at, id);
CREATE INDEX tickets_assignee ON tickets (tenant_id, assignee, updated_at, id);
CREATE INDEX tickets_account ON tickets (tenant_id, account_id, updated_at, id);
CREATE TABLE ticket_messages (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  ticket_id TEXT NOT NULL REFERENCES tickets (id),
  kind TEXT NOT NULL,                      -- customer, staff, note (which only staff see)
  author_id TEXT,
  author_name TEXT NOT NULL,               -- of staff; a customer's name stands with the account alone
  text TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX ticket_messages_ticket ON ticket_messages (ticket_id, id);
CREATE TABLE ticket_files (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  ticket_id TEXT NOT NULL REFERENCES tickets (id),
  message_id TEXT NOT NULL REFERENCES ticket_messages (id),
  account_id TEXT,                         -- the customer who attached it; null: staff did
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  stored TEXT NOT NULL,                    -- its name in the folder
  at BIGINT NOT NULL,
  inside BIGINT NOT NULL                   -- it hangs on a note
);
CREATE UNIQUE INDEX ticket_files_stored ON ticket_files (stored);
CREATE INDEX ticket_files_ticket ON ticket_files (ticket_id, id);
CREATE INDEX ticket_files_message ON ticket_files (message_id);
CREATE INDEX ticket_files_account ON ticket_files (tenant_id, account_id);
CREATE TABLE ticket_reads (
  ticket_id TEXT NOT NULL REFERENCES tickets (id),
  account_id TEXT NOT NULL,                -- who has read it, of either side
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  read_at BIGINT NOT NULL,
  PRIMARY KEY (ticket_id, account_id)
);
CREATE INDEX ticket_reads_account ON ticket_reads (account_id);
CREATE TABLE canned_answers (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  title TEXT NOT NULL,
  text_en TEXT NOT NULL,                   -- one of the two may be empty: the other is taken
  text_zh TEXT NOT NULL,
  folded TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX canned_answers_title ON canned_answers (tenant_id, title);
