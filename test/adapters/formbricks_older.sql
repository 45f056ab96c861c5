-- Formbricks until November 2025: environments instead of workspaces, questions instead of blocks.
CREATE TABLE "Environment" (id text PRIMARY KEY, type text NOT NULL);
ALTER TABLE "Survey" RENAME "workspaceId" TO "environmentId";
ALTER TABLE "Survey" DROP blocks, DROP "archivedAt";
ALTER TABLE "Contact" RENAME "workspaceId" TO "environmentId";
ALTER TABLE "ContactAttributeKey" RENAME "workspaceId" TO "environmentId";
