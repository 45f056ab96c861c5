-- Libredesk 1, whose statuses had no category.
ALTER TABLE conversation_statuses DROP category;
