-- The tables of Chatwoot that the adapter reads: their names, types, defaults and indexes as in
-- version 4.15.1 (June 2026), and the columns of July 2026 that it reads where they are there.
-- Columns that it does not read are left out. For tests and demos: Chatwoot itself makes its
-- tables.

CREATE TABLE accounts (
	id   serial  PRIMARY KEY,
	name varchar NOT NULL
);

CREATE TABLE users (
	id   serial  PRIMARY KEY,
	name varchar NOT NULL
);

CREATE TABLE teams (
	id         bigserial PRIMARY KEY,
	name       varchar   NOT NULL,
	account_id bigint    NOT NULL
);

CREATE TABLE inboxes (
	id                    serial  PRIMARY KEY,
	account_id            integer NOT NULL,
	name                  varchar NOT NULL,
	channel_type          varchar,
	working_hours_enabled boolean DEFAULT false,
	timezone              varchar DEFAULT 'UTC'
);

CREATE TABLE working_hours (
	id             bigserial PRIMARY KEY,
	inbox_id       bigint,
	account_id     bigint,
	day_of_week    integer   NOT NULL,
	closed_all_day boolean   DEFAULT false,
	open_hour      integer,
	open_minutes   integer,
	close_hour     integer,
	close_minutes  integer,
	open_all_day   boolean   DEFAULT false
);
CREATE INDEX ON working_hours (account_id);
CREATE INDEX ON working_hours (inbox_id);

CREATE TABLE contacts (
	id                    serial    PRIMARY KEY,
	name                  varchar   DEFAULT '',
	account_id            integer   NOT NULL,
	created_at            timestamp NOT NULL,
	additional_attributes jsonb     DEFAULT '{}',
	country_code          varchar   DEFAULT ''
);
CREATE INDEX ON contacts (account_id);

CREATE TABLE sla_policies (
	id                            bigserial        PRIMARY KEY,
	name                          varchar          NOT NULL,
	first_response_time_threshold double precision,
	next_response_time_threshold  double precision,
	resolution_time_threshold     double precision,
	only_during_business_hours    boolean          DEFAULT false,
	account_id                    bigint           NOT NULL
);
CREATE INDEX ON sla_policies (account_id);

CREATE TABLE conversations (
	id                     serial    PRIMARY KEY,
	account_id             integer   NOT NULL,
	inbox_id               integer   NOT NULL,
	status                 integer   NOT NULL DEFAULT 0,
	assignee_id            integer,
	created_at             timestamp NOT NULL,
	contact_id             bigint,
	display_id             integer   NOT NULL,
	additional_attributes  jsonb     DEFAULT '{}',
	team_id                bigint,
	first_reply_created_at timestamp,
	priority               integer,
	sla_policy_id          bigint,
	waiting_since          timestamp,
	cached_label_list      text
);
CREATE UNIQUE INDEX ON conversations (account_id, display_id);
CREATE INDEX ON conversations (account_id, id);
CREATE INDEX ON conversations (account_id, inbox_id, status, assignee_id);
CREATE INDEX ON conversations (account_id);
CREATE INDEX ON conversations (assignee_id, account_id);
CREATE INDEX ON conversations (contact_id);
CREATE INDEX ON conversations (first_reply_created_at);
CREATE INDEX ON conversations (inbox_id);
CREATE INDEX ON conversations (priority);
CREATE INDEX ON conversations (status, account_id);
CREATE INDEX ON conversations (team_id);
CREATE INDEX ON conversations (waiting_since);

CREATE TABLE messages (
	id                 serial    PRIMARY KEY,
	account_id         integer   NOT NULL,
	inbox_id           integer   NOT NULL,
	conversation_id    integer   NOT NULL,
	message_type       integer   NOT NULL,
	created_at         timestamp NOT NULL,
	private            boolean   NOT NULL DEFAULT false,
	content_type       integer   NOT NULL DEFAULT 0,
	content_attributes json      DEFAULT '{}',
	sender_type        varchar,
	sender_id          bigint
);
CREATE INDEX ON messages (account_id, content_type, created_at);
CREATE INDEX ON messages (account_id, created_at, message_type);
CREATE INDEX ON messages (account_id);
CREATE INDEX ON messages (conversation_id, account_id, message_type, created_at);
CREATE INDEX ON messages (conversation_id);
CREATE INDEX ON messages (created_at);

CREATE TABLE csat_survey_responses (
	id                bigserial PRIMARY KEY,
	account_id        bigint    NOT NULL,
	conversation_id   bigint    NOT NULL,
	message_id        bigint    NOT NULL,
	rating            integer   NOT NULL,
	feedback_message  text,
	contact_id        bigint    NOT NULL,
	assigned_agent_id bigint,
	created_at        timestamp NOT NULL
);
CREATE INDEX ON csat_survey_responses (account_id);
CREATE INDEX ON csat_survey_responses (assigned_agent_id);
CREATE INDEX ON csat_survey_responses (contact_id);
CREATE INDEX ON csat_survey_responses (conversation_id);
CREATE UNIQUE INDEX ON csat_survey_responses (message_id);

CREATE TABLE reporting_events (
	id                      bigserial        PRIMARY KEY,
	name                    varchar,
	value                   double precision,
	account_id              integer,
	inbox_id                integer,
	user_id                 integer,
	conversation_id         integer,
	created_at              timestamp        NOT NULL,
	value_in_business_hours double precision,
	event_start_time        timestamp,
	event_end_time          timestamp
);
CREATE INDEX ON reporting_events (account_id, name, created_at);
CREATE INDEX ON reporting_events (account_id, name, inbox_id, created_at);
CREATE INDEX ON reporting_events (account_id);
CREATE INDEX ON reporting_events (conversation_id);
CREATE INDEX ON reporting_events (created_at);
CREATE INDEX ON reporting_events (inbox_id);
CREATE INDEX ON reporting_events (name);
CREATE INDEX ON reporting_events (user_id);

CREATE TABLE applied_slas (
	id              bigserial PRIMARY KEY,
	account_id      bigint    NOT NULL,
	sla_policy_id   bigint    NOT NULL,
	conversation_id bigint    NOT NULL,
	sla_status      integer   DEFAULT 0,
	created_at      timestamp NOT NULL,
	completed_at    timestamp
);
CREATE UNIQUE INDEX ON applied_slas (account_id, sla_policy_id, conversation_id);
CREATE INDEX ON applied_slas (account_id);
CREATE INDEX ON applied_slas (conversation_id);
CREATE INDEX ON applied_slas (sla_policy_id);

CREATE TABLE tags (
	id   serial  PRIMARY KEY,
	name varchar
);

CREATE TABLE taggings (
	id            serial  PRIMARY KEY,
	tag_id        integer,
	taggable_type varchar,
	taggable_id   integer,
	context       varchar
);
CREATE INDEX ON taggings (tag_id);
CREATE INDEX ON taggings (taggable_id, taggable_type, context);
