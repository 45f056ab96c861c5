-- The tables of Odoo that the adapter reads, with the columns that it needs, for tests and for the
-- demo: written from the models of version 17, and of the modules helpdesk_mgmt and contract of
-- the Odoo Community Association. Odoo itself was not run. Names are translated, in jsonb, since
-- 16. All moments are of UTC.

CREATE TABLE res_currency (
	id   integer PRIMARY KEY,
	name varchar NOT NULL
);
CREATE TABLE res_company (
	id          integer PRIMARY KEY,
	currency_id integer NOT NULL
);
CREATE TABLE res_country (
	id   integer PRIMARY KEY,
	code varchar(2)
);
CREATE TABLE res_partner (
	id                     integer PRIMARY KEY,
	name                   varchar,
	commercial_company_name varchar,
	country_id             integer,
	lang                   varchar,
	active                 boolean DEFAULT true,
	create_date            timestamp
);
CREATE TABLE res_partner_category (
	id   integer PRIMARY KEY,
	name jsonb NOT NULL
);
CREATE TABLE res_partner_res_partner_category_rel (
	category_id integer NOT NULL,
	partner_id  integer NOT NULL,
	PRIMARY KEY (category_id, partner_id)
);
CREATE INDEX ON res_partner_res_partner_category_rel (partner_id, category_id);
-- Who shares (portal, public) is no colleague.
CREATE TABLE res_users (
	id         integer PRIMARY KEY,
	partner_id integer NOT NULL,
	share      boolean
);
CREATE INDEX ON res_users (partner_id);

CREATE TABLE rating_rating (
	id               serial PRIMARY KEY,
	res_model        varchar,
	res_id           integer NOT NULL,
	rated_partner_id integer,
	partner_id       integer,
	rating           double precision,
	consumed         boolean,
	feedback         text,
	create_date      timestamp,
	write_date       timestamp
);
CREATE INDEX ON rating_rating (res_model, res_id);

CREATE TABLE ir_model_fields (
	id    integer PRIMARY KEY,
	model varchar NOT NULL,
	name  varchar NOT NULL
);
CREATE TABLE mail_message_subtype (
	id       integer PRIMARY KEY,
	internal boolean
);
CREATE TABLE mail_message (
	id           serial PRIMARY KEY,
	model        varchar,
	res_id       integer,
	date         timestamp,
	author_id    integer,
	message_type varchar NOT NULL DEFAULT 'notification',
	subtype_id   integer,
	is_internal  boolean
);
CREATE INDEX ON mail_message (model, res_id);
CREATE TABLE mail_tracking_value (
	id                serial PRIMARY KEY,
	field_id          integer,
	old_value_integer integer,
	new_value_integer integer,
	mail_message_id   integer NOT NULL
);
CREATE INDEX ON mail_tracking_value (mail_message_id);

CREATE TABLE crm_stage (
	id     integer PRIMARY KEY,
	name   jsonb NOT NULL,
	is_won boolean
);
CREATE TABLE crm_lead (
	id               integer PRIMARY KEY,
	stage_id         integer,
	partner_id       integer,
	company_id       integer,
	active           boolean DEFAULT true,
	probability      double precision,
	expected_revenue numeric,
	create_date      timestamp,
	date_closed      timestamp
);
CREATE INDEX ON crm_lead (partner_id);

CREATE TABLE resource_calendar (
	id     integer PRIMARY KEY,
	name   varchar NOT NULL,
	tz     varchar NOT NULL,
	active boolean DEFAULT true
);
-- dayofweek '0' is Monday. week_type '0' and '1' take turns; day_period 'lunch' is no attendance.
CREATE TABLE resource_calendar_attendance (
	id           serial PRIMARY KEY,
	calendar_id  integer NOT NULL,
	resource_id  integer,
	dayofweek    varchar NOT NULL,
	hour_from    double precision NOT NULL,
	hour_to      double precision NOT NULL,
	day_period   varchar NOT NULL DEFAULT 'morning',
	week_type    varchar,
	display_type varchar,
	date_from    date,
	date_to      date
);
CREATE TABLE resource_calendar_leaves (
	id          serial PRIMARY KEY,
	calendar_id integer,
	resource_id integer,
	date_from   timestamp NOT NULL,
	date_to     timestamp NOT NULL
);

CREATE TABLE project_project (
	id   integer PRIMARY KEY,
	name jsonb NOT NULL
);
CREATE TABLE project_task_type (
	id   integer PRIMARY KEY,
	name jsonb NOT NULL,
	fold boolean
);
CREATE TABLE project_task (
	id          integer PRIMARY KEY,
	project_id  integer,
	partner_id  integer,
	stage_id    integer,
	priority    varchar,
	active      boolean DEFAULT true,
	create_date timestamp,
	date_end    timestamp
);

-- helpdesk_mgmt, where it is installed
CREATE TABLE helpdesk_ticket_team (
	id   integer PRIMARY KEY,
	name jsonb NOT NULL
);
CREATE TABLE helpdesk_ticket_channel (
	id   integer PRIMARY KEY,
	name jsonb NOT NULL
);
CREATE TABLE helpdesk_ticket_stage (
	id     integer PRIMARY KEY,
	name   jsonb NOT NULL,
	closed boolean
);
CREATE TABLE helpdesk_ticket (
	id          integer PRIMARY KEY,
	number      varchar,
	partner_id  integer,
	user_id     integer,
	team_id     integer,
	channel_id  integer,
	stage_id    integer,
	priority    varchar,
	active      boolean DEFAULT true,
	create_date timestamp,
	closed_date timestamp
);

-- contract, where it is installed
CREATE TABLE contract_contract (
	id         integer PRIMARY KEY,
	partner_id integer NOT NULL,
	company_id integer NOT NULL,
	contract_type varchar DEFAULT 'sale',
	active     boolean DEFAULT true
);
CREATE TABLE contract_line (
	id                           integer PRIMARY KEY,
	contract_id                  integer NOT NULL,
	name                         text NOT NULL,
	display_type                 varchar,
	date_start                   date,
	date_end                     date,
	price_unit                   double precision,
	quantity                     double precision,
	discount                     numeric,
	recurring_rule_type          varchar,
	recurring_interval           integer,
	is_canceled                  boolean,
	predecessor_contract_line_id integer
);
CREATE INDEX ON contract_line (contract_id);
