{# The day of a moment. Only you know in which zone it begins. #}
{% macro day_of(moment, zone='UTC') -%}
({{ moment }} AT TIME ZONE '{{ zone }}')::date
{%- endmacro %}

{# In an incremental model of summaries by day: the days that are not counted as they are now, since
   rows have come, however late, or have gone. Their summaries are made anew, and no others.
   `counted` and `open` read the summary; `answered` is the column that is NULL until then. #}
{% macro days_to_count(relation, answered, counted, open) -%}
{% if is_incremental() -%}
WHERE day IN (
	SELECT day
	FROM (SELECT day, count({{ answered }}) AS counted, count(*) AS rows
		FROM {{ relation }} GROUP BY day) AS now
	LEFT JOIN (SELECT day, {{ counted }} AS counted, {{ counted }} + {{ open }} AS rows
		FROM {{ this }} GROUP BY day) AS stored USING (day)
	WHERE (now.counted, now.rows) IS DISTINCT FROM (stored.counted, stored.rows))
{%- endif %}
{%- endmacro %}

{# A score with its interval, of a summary: score_columns('nps', 'sum(s)'). #}
{% macro score_columns(reading, summary) -%}
{{ reading }}({{ summary }}) AS {{ reading }},
{{ reading }}_lower({{ summary }}) AS {{ reading }}_lower,
{{ reading }}_upper({{ summary }}) AS {{ reading }}_upper
{%- endmacro %}

{# A test: no value is outside of the bounds. #}
{% test between(model, column_name, low, high) %}
SELECT * FROM {{ model }} WHERE NOT {{ column_name }} BETWEEN {{ low }} AND {{ high }}
{% endtest %}
