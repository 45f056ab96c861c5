-- The keys of the standard relations, once they are filled, and indexes for the rows of one customer,
-- of one ticket, and of some days.

ALTER TABLE customer ADD PRIMARY KEY (tenant, customer);
ALTER TABLE response ADD PRIMARY KEY (tenant, response);
ALTER TABLE ticket ADD PRIMARY KEY (tenant, ticket);
ALTER TABLE subscription ADD PRIMARY KEY (tenant, subscription);
ALTER TABLE invoice ADD PRIMARY KEY (tenant, invoice);
ALTER TABLE calendar ADD PRIMARY KEY (tenant, scope);

CREATE INDEX ON response (tenant, customer);
CREATE INDEX ON response (asked_at);
CREATE INDEX ON ticket (tenant, customer);
CREATE INDEX ON ticket_status (tenant, ticket);
CREATE INDEX ON reply (tenant, ticket);
CREATE INDEX ON subscription (tenant, customer);
CREATE INDEX ON invoice (tenant, customer);
CREATE INDEX ON event (tenant, customer);

-- A small sample does for the plans of a report.
SET LOCAL default_statistics_target = 20;
ANALYZE customer, response, ticket, ticket_status, reply, subscription, invoice, event, calendar;
