-- Lago until June 2026, whose exports did not say who was deleted.
DROP VIEW exports_customers;
CREATE VIEW exports_customers AS
	SELECT customers.organization_id, id AS lago_id, external_id, account_type::text, name,
		firstname,
		lastname, customer_type::text, country, legal_name, document_locale, created_at,
		provider_customer_id
	FROM customers
	LEFT JOIN payment_provider_customers provided
		ON customer_id = id AND provided.deleted_at IS NULL;
