-- Chatwoot until June 2026.
ALTER TABLE applied_slas DROP completed_at;
