/*
 * rollup_sql.c
 *		The SQL of live rollups: statements for the columns that there are, and whose rights and
 *		settings they run with.
 *
 * Statements are templates.  {k, ...} is written for every key of the deltas, {g, ...} for every
 * group of the query, {a, ...} for every aggregate, {u, ...} for every count of different values,
 * {c, ...} for every key that is counted and no group, with commas between them, or with OR after
 * {a|.  Where there is none, the comma or OR before it is not written either.
 */
#include "live/live_rollup.h"

#include "catalog/namespace.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "parser/analyze.h"
#include "pgtime.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/bytea.h"
#include "utils/float.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/xml.h"

#define ROLLUP_SEARCH_PATH "pg_catalog, pg_temp"

/* A word that begins with a dollar; what stands for it is no template again. */
static const char *
word_of(const Rollup *rollup, const RollupColumn *column, const char *word, int length,
        const char *extension_schema)
{
	const struct
	{
		const char *word, *sql;
	} words[] = {
	    {"name", column ? column->name : NULL},
	    {"expression", column ? column->expression : NULL},
	    {"type", column ? column->type : NULL},
	    {"added", column ? column->added : NULL},
	    {"removed", column ? column->removed : NULL},
	    {"balance", column ? column->balance : NULL},
	    {"counted", column && column->counted ? column->counted->name : NULL},
	    {"ordinal", column ? column->ordinal : NULL},
	    {"where", rollup->where},
	    {"rows", rollup->rows},
	};
	char *key = pnstrdup(word, length);

	for (size_t i = 0; i < lengthof(words); i++)
		if (strcmp(key, words[i].word) == 0)
			return words[i].sql;
	if (strcmp(key, "distinct") == 0) /* a row for each value is there to be counted */
		return list_length(rollup->counted) == 1 && linitial(rollup->counted) == column->counted
		           ? ""
		           : "DISTINCT ";
	if (strcmp(key, "base") == 0)
		return rollup_relation_name(rollup->base);
	if (strcmp(key, "qualified") == 0)
		return rollup_qualified(rollup, column);
	if (strcmp(key, "reading") == 0)
		return rollup_reading(rollup, column);
	if (strcmp(key, "condition") == 0)
		return rollup_qualified_where(rollup);
	if (strcmp(key, "tables") == 0 || strcmp(key, "joined") == 0)
		return rollup_sql_of_tables(rollup, key[0] == 'j');
	if (strcmp(key, "deltas") == 0)
		return rollup_alias_of_deltas(rollup);
	if (strcmp(key, "merged") == 0)
		return rollup_display_name(rollup);
	if (strcmp(key, "source") == 0 || strcmp(key, "delta") == 0)
		return quote_qualified_identifier(rollup->schema, psprintf("%s_%s", rollup->name, key));
	if (strcmp(key, "definition") == 0)
		return quote_literal_cstr(quote_qualified_identifier(
		    rollup->schema, psprintf("%s%s", rollup->name, ROLLUP_SOURCE)));
	if (strcmp(key, "guard") == 0) /* as it is shown where the path is ours */
		return !rollup_has_marks()
		           ? ""
		           : psprintf(" AND cxm_internal.cxm_rollup_is_whole(%s::text, %s::text)",
		                      quote_literal_cstr(rollup->schema), quote_literal_cstr(rollup->name));
	if (strcmp(key, "rollup") == 0)
		return quote_qualified_identifier(extension_schema, "rollup");
	if (strcmp(key, "minus") == 0)
		return psprintf("OPERATOR(%s.-)", quote_identifier(extension_schema));
	if (strcmp(key, "equals") == 0)
		return psprintf("OPERATOR(%s.=)", quote_identifier(extension_schema));
	elog(ERROR, "no word \"%s\"", key);
}

static void
expand_part(StringInfo sql, const Rollup *rollup, const RollupColumn *column, const char *template,
            int length, const char *extension_schema)
{
	for (const char *c = template; c < template + length; c++)
	{
		int word = 0;

		if (*c == '$')
			while (c[1 + word] >= 'a' && c[1 + word] <= 'z')
				word++;
		if (word == 0)
			appendStringInfoChar(sql, *c);
		else
			appendStringInfoString(sql, word_of(rollup, column, c + 1, word, extension_schema));
		c += word;
	}
}

static List *
columns_of(const Rollup *rollup, char letter)
{
	switch (letter)
	{
		case 'k':
			return rollup->keys;
		case 'g':
			return rollup->groups;
		case 'a':
			return rollup->aggregates;
		case 'u':
			return rollup->counts;
		default:
			return rollup->counted;
	}
}

static void
take_back(StringInfo sql, const char *end)
{
	int length = strlen(end);

	if (sql->len >= length && strcmp(sql->data + sql->len - length, end) == 0)
	{
		sql->len -= length;
		sql->data[sql->len] = '\0';
	}
}

char *
rollup_expand(const Rollup *rollup, const char *template, Extension extension)
{
	char          *schema = get_namespace_name(extension.schema);
	StringInfoData sql;

	initStringInfo(&sql);
	while (*template != '\0')
	{
		int         plain = strcspn(template, "{");
		const char *separator;
		List       *columns;
		ListCell   *cell;

		expand_part(&sql, rollup, NULL, template, plain, schema);
		template += plain;
		if (*template == '\0')
			break;
		columns = columns_of(rollup, template[1]);
		separator = template[2] == '|' ? " OR " : ", ";
		if (columns == NIL)
			take_back(&sql, separator);
		foreach (cell, columns)
		{
			if (cell != list_head(columns))
				appendStringInfoString(&sql, separator);
			expand_part(&sql, rollup, lfirst(cell), template + 3, strcspn(template + 3, "}"),
			            schema);
		}
		template += strcspn(template, "}") + 1;
	}
	return sql.data;
}

Query *
rollup_analyze(const char *sql)
{
	List *statements = pg_parse_query(sql);

	if (list_length(statements) != 1)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR),
		                errmsg("the query of a live rollup must be one statement")));
	return parse_analyze_fixedparams(linitial_node(RawStmt, statements), sql, NULL, 0, NULL);
}

/*
 * What expressions are run under wherever they run, so that the same row makes the same key in
 * every session: names mean what they mean here, and functions that PostgreSQL takes for immutable,
 * such as the output of numbers and bytes, do look at settings.  Most sessions have most of these
 * already.
 */
int
rollup_pin_settings(void)
{
	const struct
	{
		const char *name, *value;
		bool        holds;
	} pinned[] = {
	    {"search_path", ROLLUP_SEARCH_PATH, strcmp(namespace_search_path, ROLLUP_SEARCH_PATH) == 0},
	    {"TimeZone", "UTC", strcmp(pg_get_timezone_name(session_timezone), "UTC") == 0},
	    {"DateStyle", "ISO, YMD", DateStyle == USE_ISO_DATES && DateOrder == DATEORDER_YMD},
	    {"IntervalStyle", "postgres", IntervalStyle == INTSTYLE_POSTGRES},
	    {"extra_float_digits", "1", extra_float_digits == 1},
	    {"bytea_output", "hex", bytea_output == BYTEA_OUTPUT_HEX},
	    {"xmlbinary", "base64", xmlbinary == XMLBINARY_BASE64},
	    {"quote_all_identifiers", "off", !quote_all_identifiers},
	};
	int level = NewGUCNestLevel();

	for (size_t i = 0; i < lengthof(pinned); i++)
		if (!pinned[i].holds)
			set_config_option(pinned[i].name, pinned[i].value, PGC_USERSET, PGC_S_SESSION,
			                  GUC_ACTION_SAVE, true, 0, false);
	return level;
}

Identity
rollup_become(Oid role, bool pin_settings)
{
	Identity before = {.settings = pin_settings ? rollup_pin_settings() : NewGUCNestLevel()};

	GetUserIdAndSecContext(&before.role, &before.security);
	SetUserIdAndSecContext(role, before.security | SECURITY_LOCAL_USERID_CHANGE |
	                                 SECURITY_RESTRICTED_OPERATION);
	return before;
}

/* After an error the end of the (sub)transaction does all this. */
void
rollup_become_again(Identity before)
{
	AtEOXact_GUC(false, before.settings);
	SetUserIdAndSecContext(before.role, before.security);
}

void
rollup_execute(const char *sql)
{
	if (SPI_execute(sql, false, 0) < 0)
		elog(ERROR, "could not execute: %s", sql);
}

uint64
rollup_run(const Rollup *rollup, const char *template, Extension extension)
{
	rollup_execute(rollup_expand(rollup, template, extension));
	return SPI_processed;
}
