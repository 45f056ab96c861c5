-- The tables of Libredesk that the adapter reads: their names, types and defaults as in version
-- 2.7.0 (August 2026). Columns that it does not read are left out. For tests and demos: Libredesk
-- itself makes its tables.

CREATE TYPE conversation_status_category AS ENUM ('open', 'waiting', 'resolved');
CREATE TYPE channels AS ENUM ('email', 'livechat');
CREATE TYPE message_type AS ENUM ('incoming', 'outgoing', 'activity');
CREATE TYPE user_type AS ENUM ('agent', 'contact', 'visitor', 'ai_assistant');
CREATE TYPE applied_sla_status AS ENUM ('pending', 'breached', 'met', 'partially_met');

CREATE TABLE settings (
	key   text  PRIMARY KEY,
	value jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE business_hours (
	id             serial  PRIMARY KEY,
	name           text    NOT NULL,
	is_always_open boolean NOT NULL DEFAULT false,
	hours          jsonb   NOT NULL,
	holidays       jsonb   NOT NULL DEFAULT '[]'
);

CREATE TABLE sla_policies (
	id                  serial PRIMARY KEY,
	name                text   NOT NULL,
	first_response_time text,
	resolution_time     text
);

CREATE TABLE teams (
	id                serial  PRIMARY KEY,
	name              text    NOT NULL,
	timezone          text,
	business_hours_id integer
);

CREATE TABLE users (
	id         bigserial   PRIMARY KEY,
	created_at timestamptz NOT NULL DEFAULT now(),
	deleted_at timestamptz,
	type       user_type   NOT NULL,
	first_name text        NOT NULL,
	last_name  text,
	country    text
);

CREATE TABLE inboxes (
	id      serial   PRIMARY KEY,
	channel channels NOT NULL
);

CREATE TABLE conversation_statuses (
	id       serial PRIMARY KEY,
	name     text   NOT NULL,
	category conversation_status_category NOT NULL DEFAULT 'open'
);
INSERT INTO conversation_statuses VALUES (1, 'Open', 'open'), (2, 'Snoozed', 'waiting'),
	(3, 'Resolved', 'resolved'), (4, 'Closed', 'resolved');

CREATE TABLE conversation_priorities (
	id   serial PRIMARY KEY,
	name text   NOT NULL
);
INSERT INTO conversation_priorities VALUES (1, 'Low'), (2, 'Medium'), (3, 'High'), (4, 'Urgent');

CREATE TABLE conversations (
	id               bigserial   PRIMARY KEY,
	created_at       timestamptz NOT NULL DEFAULT now(),
	reference_number text        NOT NULL,
	contact_id       bigint      NOT NULL,
	assigned_user_id bigint,
	assigned_team_id integer,
	inbox_id         integer     NOT NULL,
	status_id        integer,
	priority_id      integer,
	sla_policy_id    integer,
	first_reply_at   timestamptz,
	last_reply_at    timestamptz,
	resolved_at      timestamptz,
	closed_at        timestamptz,
	waiting_since    timestamptz
);
CREATE INDEX ON conversations (contact_id);
CREATE INDEX ON conversations (inbox_id);
CREATE INDEX ON conversations (status_id);
CREATE INDEX ON conversations (assigned_user_id);
CREATE INDEX ON conversations (assigned_team_id);
CREATE INDEX ON conversations (created_at);
CREATE INDEX ON conversations (waiting_since);

CREATE TABLE conversation_messages (
	id              bigserial    PRIMARY KEY,
	created_at      timestamptz  NOT NULL DEFAULT now(),
	type            message_type NOT NULL,
	conversation_id bigint       NOT NULL,
	private         boolean      NOT NULL DEFAULT false,
	sender_id       bigint
);
CREATE INDEX ON conversation_messages (conversation_id);
CREATE INDEX ON conversation_messages (created_at);

CREATE TABLE csat_responses (
	id                 bigserial   PRIMARY KEY,
	created_at         timestamptz NOT NULL DEFAULT now(),
	conversation_id    bigint      NOT NULL,
	rating             integer     NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
	feedback           text,
	response_timestamp timestamptz
);
CREATE INDEX ON csat_responses (conversation_id);

CREATE TABLE applied_slas (
	id                         bigserial          PRIMARY KEY,
	created_at                 timestamptz        NOT NULL DEFAULT now(),
	conversation_id            bigint             NOT NULL,
	sla_policy_id              integer            NOT NULL,
	status                     applied_sla_status NOT NULL DEFAULT 'pending',
	first_response_deadline_at timestamptz,
	resolution_deadline_at     timestamptz,
	first_response_met_at      timestamptz,
	resolution_met_at          timestamptz
);
CREATE INDEX ON applied_slas (conversation_id);

CREATE TABLE tags (
	id   serial PRIMARY KEY,
	name text   NOT NULL
);

CREATE TABLE conversation_tags (
	id              bigserial PRIMARY KEY,
	tag_id          integer   NOT NULL,
	conversation_id bigint    NOT NULL
);
CREATE INDEX ON conversation_tags (conversation_id);
