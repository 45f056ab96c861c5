-- Odoo 15 without the modules for tickets: names are not translated in place, and the field of a
-- tracked change has another name.
ALTER TABLE mail_tracking_value RENAME field_id TO field;
ALTER TABLE crm_stage ALTER name TYPE varchar USING name ->> 'en_US';
ALTER TABLE project_task_type ALTER name TYPE varchar USING name ->> 'en_US';
ALTER TABLE project_project ALTER name TYPE varchar USING name ->> 'en_US';
ALTER TABLE res_partner_category ALTER name TYPE varchar USING name ->> 'en_US';
DROP TABLE helpdesk_ticket, helpdesk_ticket_stage, helpdesk_ticket_team, helpdesk_ticket_channel;
