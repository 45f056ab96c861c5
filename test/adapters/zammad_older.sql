-- Zammad until 2025.
ALTER TABLE ticket_articles DROP detected_language;
