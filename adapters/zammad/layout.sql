-- The tables of Zammad that the adapter reads: their names, types, defaults and indexes as in
-- version 7.0 (2026). Columns that it does not read are left out. For tests and demos: Zammad
-- itself makes its tables.

CREATE TABLE organizations (
	id   serial  PRIMARY KEY,
	name varchar NOT NULL
);

CREATE TABLE users (
	id              serial       PRIMARY KEY,
	organization_id integer,
	firstname       varchar      DEFAULT '',
	lastname        varchar      DEFAULT '',
	country         varchar      DEFAULT '',
	vip             boolean      DEFAULT false,
	active          boolean      NOT NULL DEFAULT true,
	created_at      timestamp(3) NOT NULL
);

CREATE TABLE groups (
	id   serial  PRIMARY KEY,
	name varchar NOT NULL
);

CREATE TABLE ticket_priorities (
	id   serial  PRIMARY KEY,
	name varchar NOT NULL
);
INSERT INTO ticket_priorities VALUES (1, '1 low'), (2, '2 normal'), (3, '3 high');

CREATE TABLE ticket_state_types (
	id   serial  PRIMARY KEY,
	name varchar NOT NULL
);
INSERT INTO ticket_state_types VALUES (1, 'new'), (2, 'open'), (3, 'pending reminder'),
	(4, 'pending action'), (5, 'closed'), (6, 'merged');

CREATE TABLE ticket_states (
	id                serial  PRIMARY KEY,
	state_type_id     integer NOT NULL,
	name              varchar NOT NULL,
	ignore_escalation boolean NOT NULL DEFAULT false
);
INSERT INTO ticket_states VALUES (1, 1, 'new', false), (2, 2, 'open', false),
	(3, 3, 'pending reminder', true), (4, 5, 'closed', true), (5, 6, 'merged', true),
	(6, 4, 'pending close', true);

CREATE TABLE ticket_article_types (
	id            serial  PRIMARY KEY,
	name          varchar NOT NULL,
	communication boolean NOT NULL
);
INSERT INTO ticket_article_types VALUES (1, 'email', true), (2, 'sms', true), (3, 'chat', true),
	(4, 'fax', true), (5, 'phone', true), (10, 'note', false), (11, 'web', true);

CREATE TABLE ticket_article_senders (
	id   serial  PRIMARY KEY,
	name varchar NOT NULL
);
INSERT INTO ticket_article_senders VALUES (1, 'Agent'), (2, 'Customer'), (3, 'System');

CREATE TABLE tickets (
	id                           serial       PRIMARY KEY,
	group_id                     integer      NOT NULL,
	priority_id                  integer      NOT NULL,
	state_id                     integer      NOT NULL,
	organization_id              integer,
	number                       varchar      NOT NULL,
	owner_id                     integer      NOT NULL,
	customer_id                  integer      NOT NULL,
	first_response_at            timestamp(3),
	first_response_escalation_at timestamp(3),
	first_response_in_min        integer,
	first_response_diff_in_min   integer,
	close_at                     timestamp(3),
	close_escalation_at          timestamp(3),
	close_in_min                 integer,
	close_diff_in_min            integer,
	last_close_at                timestamp(3),
	last_contact_agent_at        timestamp(3),
	last_contact_customer_at     timestamp(3),
	create_article_type_id       integer,
	created_at                   timestamp(3) NOT NULL
);
CREATE UNIQUE INDEX ON tickets (number);
CREATE INDEX ON tickets (state_id);
CREATE INDEX ON tickets (priority_id);
CREATE INDEX ON tickets (group_id);
CREATE INDEX ON tickets (owner_id);
CREATE INDEX ON tickets (customer_id);
CREATE INDEX ON tickets (organization_id);
CREATE INDEX ON tickets (created_at);
CREATE INDEX ON tickets (close_at);

CREATE TABLE ticket_articles (
	id                serial       PRIMARY KEY,
	ticket_id         integer      NOT NULL,
	type_id           integer      NOT NULL,
	sender_id         integer      NOT NULL,
	internal          boolean      NOT NULL DEFAULT false,
	detected_language varchar,
	created_by_id     integer      NOT NULL,
	created_at        timestamp(3) NOT NULL
);
CREATE INDEX ON ticket_articles (ticket_id);
CREATE INDEX ON ticket_articles (created_at);
CREATE INDEX ON ticket_articles (type_id);

CREATE TABLE history_types (
	id   serial  PRIMARY KEY,
	name varchar NOT NULL
);
INSERT INTO history_types VALUES (1, 'created'), (2, 'updated');

CREATE TABLE history_objects (
	id   serial  PRIMARY KEY,
	name varchar NOT NULL
);
INSERT INTO history_objects VALUES (1, 'Ticket'), (2, 'User');

CREATE TABLE history_attributes (
	id   serial  PRIMARY KEY,
	name varchar NOT NULL
);
INSERT INTO history_attributes VALUES (1, 'state'), (2, 'group'), (3, 'owner');

CREATE TABLE histories (
	id                   serial       PRIMARY KEY,
	history_type_id      integer      NOT NULL,
	history_object_id    integer      NOT NULL,
	history_attribute_id integer,
	o_id                 integer      NOT NULL,
	id_from              integer,
	id_to                integer,
	value_from           varchar,
	value_to             varchar,
	created_at           timestamp(3) NOT NULL,
	created_by_id        integer      NOT NULL
);
CREATE INDEX ON histories (o_id);
CREATE INDEX ON histories (created_at);
CREATE INDEX ON histories (history_object_id);
CREATE INDEX ON histories (history_attribute_id);
CREATE INDEX ON histories (history_type_id);

CREATE TABLE tag_objects (
	id   serial  PRIMARY KEY,
	name varchar NOT NULL
);
INSERT INTO tag_objects VALUES (1, 'Ticket');

CREATE TABLE tag_items (
	id   serial  PRIMARY KEY,
	name varchar NOT NULL
);

CREATE TABLE tags (
	id            serial  PRIMARY KEY,
	tag_item_id   integer NOT NULL,
	tag_object_id integer NOT NULL,
	o_id          integer NOT NULL
);
CREATE INDEX ON tags (o_id);
CREATE INDEX ON tags (tag_object_id);

CREATE TABLE calendars (
	id              serial  PRIMARY KEY,
	name            varchar,
	timezone        varchar,
	business_hours  varchar,
	"default"       boolean NOT NULL DEFAULT false,
	public_holidays varchar
);

CREATE TABLE slas (
	id                  serial  PRIMARY KEY,
	calendar_id         integer NOT NULL,
	name                varchar,
	first_response_time integer,
	solution_time       integer
);
