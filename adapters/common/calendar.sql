-- The relation calendar of an adapter that knows business hours: a table, so that the user may edit
-- it, which stays when the adapter is installed again.

CREATE TABLE IF NOT EXISTS calendar (
	tenant   text              NOT NULL,
	scope    text              NOT NULL,
	calendar business_calendar,
	PRIMARY KEY (tenant, scope)
);
