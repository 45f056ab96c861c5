-- The tables of the standard relations, made in the first schema of the search path: for the demo by
-- schema.sql, and by adapters/common/end.sql, which compares an adapter's views with them.
-- docs/relations.md says what each is for.

CREATE TABLE customer (
	tenant     text        NOT NULL,
	customer   text        NOT NULL,
	name       text,
	company    text,
	country    text,
	language   text,
	segments   text[],
	created_at timestamptz,
	deleted    boolean
);
COMMENT ON TABLE customer IS
	'Those who may be asked: people, accounts, contacts. A row each.';
COMMENT ON COLUMN customer.tenant IS
	'the account of the system that the row belongs to; ids are unique within it';
COMMENT ON COLUMN customer.customer IS 'the id of the customer';
COMMENT ON COLUMN customer.name IS 'the name that people see';
COMMENT ON COLUMN customer.company IS 'the company that the customer works for';
COMMENT ON COLUMN customer.country IS 'the country, in two letters where the system knows them';
COMMENT ON COLUMN customer.language IS 'the language, in two letters where the system knows them';
COMMENT ON COLUMN customer.segments IS
	'the groups that the customer belongs to, the main one first';
COMMENT ON COLUMN customer.created_at IS 'when the customer became one';
COMMENT ON COLUMN customer.deleted IS
	'the customer is gone, while rows that speak of them are still there';

CREATE TABLE response (
	tenant      text             NOT NULL,
	response    text             NOT NULL,
	survey      text,
	metric      text             NOT NULL,
	scale       text             NOT NULL,
	answer      double precision,
	state       text,
	asked_at    timestamptz      NOT NULL,
	answered_at timestamptz,
	customer    text,
	agent       text,
	team        text,
	channel     text,
	ticket      text,
	language    text,
	tags        text[],
	comment     text
);
COMMENT ON TABLE response IS
	'Surveys that were sent, answered or not. A row each: who did not answer counts, too.';
COMMENT ON COLUMN response.tenant IS 'the account of the system that the row belongs to';
COMMENT ON COLUMN response.response IS 'the id of the survey that was sent';
COMMENT ON COLUMN response.survey IS 'which questionnaire it was';
COMMENT ON COLUMN response.metric IS 'nps, csat, ces, or rating for any other';
COMMENT ON COLUMN response.scale IS
	'the answers to choose from, as nps_agg and the others take them: 0..10';
COMMENT ON COLUMN response.answer IS 'the answer on that scale; NULL when there is none';
COMMENT ON COLUMN response.state IS 'answered, pending, dismissed or partial';
COMMENT ON COLUMN response.asked_at IS 'when it was sent';
COMMENT ON COLUMN response.answered_at IS 'when the answer came';
COMMENT ON COLUMN response.customer IS 'who was asked; NULL when nobody knows';
COMMENT ON COLUMN response.agent IS 'whose work it asked about';
COMMENT ON COLUMN response.team IS 'the team of that agent';
COMMENT ON COLUMN response.channel IS 'email, app, phone and so on';
COMMENT ON COLUMN response.ticket IS 'the ticket that it asked about';
COMMENT ON COLUMN response.language IS 'the language of the survey';
COMMENT ON COLUMN response.tags IS 'labels';
COMMENT ON COLUMN response.comment IS 'what the customer wrote';

CREATE TABLE ticket (
	tenant              text              NOT NULL,
	ticket              text              NOT NULL,
	number              text,
	customer            text,
	agent               text,
	team                text,
	channel             text,
	priority            integer,
	tags                text[],
	language            text,
	opened_at           timestamptz       NOT NULL,
	first_reply_at      timestamptz,
	first_resolved_at   timestamptz,
	resolved_at         timestamptz,
	closed_at           timestamptz,
	reopened            integer,
	waiting_since       timestamptz,
	status              text,
	merged_into         text,
	calendar            business_calendar,
	paused              tstzmultirange,
	sla                 text,
	first_reply_target  interval,
	resolution_target   interval,
	first_reply_due     timestamptz,
	resolution_due      timestamptz,
	product_first_reply interval,
	product_resolution  interval
);
COMMENT ON TABLE ticket IS
	'Requests to the service desk. A row each, as it stands now.';
COMMENT ON COLUMN ticket.tenant IS 'the account of the system that the row belongs to';
COMMENT ON COLUMN ticket.ticket IS 'the id of the ticket';
COMMENT ON COLUMN ticket.number IS 'the number that people see';
COMMENT ON COLUMN ticket.customer IS 'who asked';
COMMENT ON COLUMN ticket.agent IS 'who has it now, or had it last';
COMMENT ON COLUMN ticket.team IS 'the team of that agent';
COMMENT ON COLUMN ticket.channel IS 'email, app, phone and so on';
COMMENT ON COLUMN ticket.priority IS '1 low, 2 normal, 3 high, 4 urgent';
COMMENT ON COLUMN ticket.tags IS 'labels';
COMMENT ON COLUMN ticket.language IS 'the language of the ticket';
COMMENT ON COLUMN ticket.opened_at IS 'when it came';
COMMENT ON COLUMN ticket.first_reply_at IS 'when a person first replied; NULL while nobody has';
COMMENT ON COLUMN ticket.first_resolved_at IS 'when it was resolved for the first time';
COMMENT ON COLUMN ticket.resolved_at IS
	'when it was resolved for the last time; NULL while it is open';
COMMENT ON COLUMN ticket.closed_at IS 'when it was closed for good';
COMMENT ON COLUMN ticket.reopened IS 'how often it was opened again';
COMMENT ON COLUMN ticket.waiting_since IS
	'since when the customer has waited for a reply; NULL when nobody waits';
COMMENT ON COLUMN ticket.status IS 'new, open, pending, resolved or merged';
COMMENT ON COLUMN ticket.merged_into IS 'the ticket that it was merged into';
COMMENT ON COLUMN ticket.calendar IS
	'the hours in which somebody works on it; NULL: no hours are known';
COMMENT ON COLUMN ticket.paused IS
	'when the clock stood still, since the customer had to reply; {}: never';
COMMENT ON COLUMN ticket.sla IS 'the agreement that it is under';
COMMENT ON COLUMN ticket.first_reply_target IS
	'within how much business time it has to be replied to';
COMMENT ON COLUMN ticket.resolution_target IS 'within how much business time it has to be resolved';
COMMENT ON COLUMN ticket.first_reply_due IS 'when the first reply is due, as the system says';
COMMENT ON COLUMN ticket.resolution_due IS 'when the resolution is due, as the system says';
COMMENT ON COLUMN ticket.product_first_reply IS
	'the system''s own figure for the first reply, to compare with';
COMMENT ON COLUMN ticket.product_resolution IS
	'the system''s own figure for the resolution, to compare with';

CREATE TABLE ticket_status (
	tenant   text        NOT NULL,
	ticket   text        NOT NULL,
	at       timestamptz NOT NULL,
	stage    text,
	previous text,
	agent    text,
	pauses   boolean
);
COMMENT ON TABLE ticket_status IS
	'What became of the tickets: a row for each change of status, the opening included.';
COMMENT ON COLUMN ticket_status.tenant IS 'the account of the system that the row belongs to';
COMMENT ON COLUMN ticket_status.ticket IS 'the ticket';
COMMENT ON COLUMN ticket_status.at IS 'when it changed';
COMMENT ON COLUMN ticket_status.stage IS 'the status that it has from then on';
COMMENT ON COLUMN ticket_status.previous IS 'the status that it had before; NULL at the opening';
COMMENT ON COLUMN ticket_status.agent IS 'who changed it, or had the ticket';
COMMENT ON COLUMN ticket_status.pauses IS 'the clock stands still in this status';

CREATE TABLE reply (
	tenant       text        NOT NULL,
	ticket       text        NOT NULL,
	waiting_from timestamptz NOT NULL,
	replied_at   timestamptz,
	agent        text,
	by_bot       boolean
);
COMMENT ON TABLE reply IS
	'Waits for a reply: a row for each message of a customer that wanted one.';
COMMENT ON COLUMN reply.tenant IS 'the account of the system that the row belongs to';
COMMENT ON COLUMN reply.ticket IS 'the ticket';
COMMENT ON COLUMN reply.waiting_from IS 'since when the customer waited';
COMMENT ON COLUMN reply.replied_at IS 'when the reply came; NULL while the customer is waiting';
COMMENT ON COLUMN reply.agent IS 'who replied';
COMMENT ON COLUMN reply.by_bot IS 'it was a machine that replied';

CREATE TABLE subscription (
	tenant        text        NOT NULL,
	subscription  text        NOT NULL,
	chain         text,
	customer      text        NOT NULL,
	plan          text,
	status        text,
	started_at    timestamptz NOT NULL,
	ended_at      timestamptz,
	cancelled_at  timestamptz,
	trial_until   timestamptz,
	amount        numeric,
	currency      text,
	period        interval,
	mrr           numeric,
	cancel_reason text
);
COMMENT ON TABLE subscription IS
	'What customers pay for: a row for each price. Whoever has several is one customer.';
COMMENT ON COLUMN subscription.tenant IS 'the account of the system that the row belongs to';
COMMENT ON COLUMN subscription.subscription IS 'the id of the row';
COMMENT ON COLUMN subscription.chain IS
	'the same for rows that follow each other: a change of the plan is not churn';
COMMENT ON COLUMN subscription.customer IS 'who pays';
COMMENT ON COLUMN subscription.plan IS 'what for';
COMMENT ON COLUMN subscription.status IS 'the system''s word for how it stands';
COMMENT ON COLUMN subscription.started_at IS 'from when on';
COMMENT ON COLUMN subscription.ended_at IS 'until when; NULL while it runs';
COMMENT ON COLUMN subscription.cancelled_at IS 'when the end was announced';
COMMENT ON COLUMN subscription.trial_until IS 'until when it costs nothing';
COMMENT ON COLUMN subscription.amount IS 'what a period costs, in major units of the currency';
COMMENT ON COLUMN subscription.currency IS 'the currency, in three letters';
COMMENT ON COLUMN subscription.period IS 'how long a period is';
COMMENT ON COLUMN subscription.mrr IS 'what it brings in a month';
COMMENT ON COLUMN subscription.cancel_reason IS 'why the customer left';

CREATE TABLE invoice (
	tenant       text    NOT NULL,
	invoice      text    NOT NULL,
	customer     text,
	subscription text,
	issued_on    date    NOT NULL,
	amount       numeric,
	tax          numeric,
	currency     text,
	status       text
);
COMMENT ON TABLE invoice IS
	'What customers were billed. A row each.';
COMMENT ON COLUMN invoice.tenant IS 'the account of the system that the row belongs to';
COMMENT ON COLUMN invoice.invoice IS 'the id of the invoice';
COMMENT ON COLUMN invoice.customer IS 'who pays';
COMMENT ON COLUMN invoice.subscription IS 'what for; NULL when for something else';
COMMENT ON COLUMN invoice.issued_on IS 'the day of the invoice';
COMMENT ON COLUMN invoice.amount IS 'how much, without tax, in major units of the currency';
COMMENT ON COLUMN invoice.tax IS 'the tax on it';
COMMENT ON COLUMN invoice.currency IS 'the currency, in three letters';
COMMENT ON COLUMN invoice.status IS 'the system''s word for how it stands: paid, open, void';

CREATE TABLE event (
	tenant   text        NOT NULL,
	customer text        NOT NULL,
	session  text,
	at       timestamptz NOT NULL,
	stage    text,
	channel  text,
	object   text,
	value    numeric,
	currency text
);
COMMENT ON TABLE event IS
	'What customers did, and where they stand: stages of a journey, visits, bookings, deals.';
COMMENT ON COLUMN event.tenant IS 'the account of the system that the row belongs to';
COMMENT ON COLUMN event.customer IS 'who it was; it may be somebody who is no customer yet';
COMMENT ON COLUMN event.session IS 'the visit that it belongs to';
COMMENT ON COLUMN event.at IS 'when it was';
COMMENT ON COLUMN event.stage IS
	'the stage of the journey, at most 255 bytes; NULL when it is none';
COMMENT ON COLUMN event.channel IS 'web, app, phone and so on';
COMMENT ON COLUMN event.object IS 'what it was about: a page, a product, a deal';
COMMENT ON COLUMN event.value IS 'how much it was worth';
COMMENT ON COLUMN event.currency IS 'the currency of the value';

CREATE TABLE calendar (
	tenant   text              NOT NULL,
	scope    text              NOT NULL,
	calendar business_calendar
);
COMMENT ON TABLE calendar IS
	'Business hours, a row for each team or inbox. Edit them here.';
COMMENT ON COLUMN calendar.tenant IS 'the account of the system that the row belongs to';
COMMENT ON COLUMN calendar.scope IS 'the team or the inbox that keeps these hours';
COMMENT ON COLUMN calendar.calendar IS 'the hours';

CREATE TABLE skipped (
	relation text   NOT NULL,
	reason   text   NOT NULL,
	rows     bigint NOT NULL
);
COMMENT ON TABLE skipped IS
	'What is not in the other relations, or not as it was found, and why.';
COMMENT ON COLUMN skipped.relation IS 'the relation in which it would be';
COMMENT ON COLUMN skipped.reason IS 'why it is not';
COMMENT ON COLUMN skipped.rows IS 'how many rows it is';
