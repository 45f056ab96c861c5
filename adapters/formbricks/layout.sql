-- The tables of Formbricks that the adapter reads, with the columns that it needs, for tests and
-- for the demo: written from the structure of the version of August 2026. Formbricks itself was
-- not run. A survey has blocks, each of which has elements; one of them is {"id": ..., "type":
-- "nps"}, which may have a range. A response has {"<id of the element>": answer} in data and
-- milliseconds in ttc.

CREATE TYPE "SurveyStatus" AS ENUM ('draft', 'inProgress', 'paused', 'completed');
CREATE TYPE "SurveyType" AS ENUM ('link', 'app');

CREATE TABLE "Survey" (
	id            text PRIMARY KEY,
	created_at    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
	name          text NOT NULL,
	type          "SurveyType" NOT NULL DEFAULT 'app',
	"workspaceId" text NOT NULL,
	status        "SurveyStatus" NOT NULL DEFAULT 'draft',
	questions     jsonb NOT NULL DEFAULT '[]',
	blocks        jsonb[] NOT NULL DEFAULT '{}',
	"archivedAt"  timestamp(3)
);
CREATE INDEX ON "Survey" ("workspaceId");

CREATE TABLE "Contact" (
	id            text PRIMARY KEY,
	created_at    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
	"workspaceId" text NOT NULL
);
CREATE INDEX ON "Contact" ("workspaceId");

CREATE TABLE "ContactAttributeKey" (
	id            text PRIMARY KEY,
	key           text NOT NULL,
	"workspaceId" text NOT NULL,
	UNIQUE (key, "workspaceId")
);
CREATE TABLE "ContactAttribute" (
	id               text PRIMARY KEY,
	"attributeKeyId" text NOT NULL,
	"contactId"      text NOT NULL,
	value            text NOT NULL,
	UNIQUE ("contactId", "attributeKeyId")
);

CREATE TABLE "Display" (
	id          text PRIMARY KEY,
	created_at  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
	"surveyId"  text NOT NULL,
	"contactId" text
);
CREATE INDEX ON "Display" ("surveyId");
CREATE INDEX ON "Display" ("contactId", created_at);

CREATE TABLE "Response" (
	id          text PRIMARY KEY,
	created_at  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
	updated_at  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
	finished    boolean NOT NULL DEFAULT false,
	"surveyId"  text NOT NULL,
	"contactId" text,
	data        jsonb NOT NULL DEFAULT '{}',
	ttc         jsonb NOT NULL DEFAULT '{}',
	language    text,
	"displayId" text UNIQUE
);
CREATE INDEX ON "Response" (created_at);
CREATE INDEX ON "Response" ("surveyId", created_at);
CREATE INDEX ON "Response" ("contactId", created_at);

CREATE TABLE "Tag" (
	id   text PRIMARY KEY,
	name text NOT NULL
);
CREATE TABLE "TagsOnResponses" (
	"responseId" text NOT NULL,
	"tagId"      text NOT NULL,
	PRIMARY KEY ("responseId", "tagId")
);
