/*
 * mutate.c
 *		Damaged values of every type of cxm, sent to a live server as text and as binary parameters.
 *
 *			mutate CONNINFO TRIES SEED
 *
 * Starts from the values that test/values.sql has made.  Each try flips, cuts, grows or splices one
 * of them, and is right if it is refused with an error that blames the value, or is a value whose
 * text and binary form both read as the same value, byte for byte.
 */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/random.h"

#define LARGEST (1 << 16)

typedef struct Bytes
{
	char *bytes;
	int   length;
} Bytes;

/* The values of a type in one form, 0 text or 1 binary, as libpq has it. */
typedef struct Seeds
{
	Bytes *values;
	int    n;
} Seeds;

typedef struct Type
{
	char *name;
	Seeds seeds[2];
	long  refused[2];
	long  valid[2];
} Type;

/* What a value came back as. */
typedef struct Answer
{
	PGresult *result;
	Bytes     form[2];
} Answer;

static int
below(int n)
{
	return n > 0 ? (int) (random_bits() % (uint64_t) n) : 0;
}

static void
stop(PGconn *connection, const char *what)
{
	fprintf(stderr, "%s: %s", what, PQerrorMessage(connection));
	exit(2);
}

static PGresult *
query(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);

	if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
		stop(connection, sql);
	return result;
}

static Bytes
copy_of(const char *bytes, int length)
{
	Bytes copy = {malloc((size_t) length + 1), length};

	memcpy(copy.bytes, bytes, (size_t) length);
	copy.bytes[length] = '\0';
	return copy;
}

/* The values of a type, and the statement that tries one. */
static void
prepare(PGconn *connection, Type *type)
{
	char      sql[1000];
	PGresult *values;

	snprintf(sql, sizeof(sql),
	         "SELECT convert_to(value::text, 'UTF8'), sent FROM kept.sent() "
	         "WHERE type = '%s' AND value IS NOT NULL",
	         type->name);
	values = PQexecParams(connection, sql, 0, NULL, NULL, NULL, NULL, 1);
	if (PQresultStatus(values) != PGRES_TUPLES_OK)
		stop(connection, sql);
	for (int form = 0; form < 2; form++)
	{
		Seeds *seeds = &type->seeds[form];

		seeds->values = calloc((size_t) PQntuples(values) + 1, sizeof(Bytes));
		for (int i = 0; i < PQntuples(values); i++)
			if (PQgetlength(values, i, form) < LARGEST)
				seeds->values[seeds->n++] =
				    copy_of(PQgetvalue(values, i, form), PQgetlength(values, i, form));
		if (seeds->n == 0)
			stop(connection, type->name);
	}
	PQclear(values);

	snprintf(sql, sizeof(sql), "SELECT v::text, cxm_internal.%s_send(v) FROM (SELECT $1::%s) t (v)",
	         type->name, type->name);
	PQclear(PQprepare(connection, type->name, sql, 0, NULL));
}

static bool
ask(PGconn *connection, const Type *type, const Bytes *value, int form, Answer *answer)
{
	const char *const values[] = {value->bytes};

	answer->result = PQexecPrepared(connection, type->name, 1, values, &value->length, &form, 1);
	if (PQresultStatus(answer->result) != PGRES_TUPLES_OK)
		return false;
	for (int i = 0; i < 2; i++)
	{
		answer->form[i].bytes = PQgetvalue(answer->result, 0, i);
		answer->form[i].length = PQgetlength(answer->result, 0, i);
	}
	return true;
}

/* What may be said of a bad value. */
static bool
blames_the_value(const PGresult *result)
{
	static const char *const others[] = {
	    "0A000", /* a value of another version of cxm */
	    "54000", /* larger than a value can be */
	    "54001", /* nested deeper than the stack */
	    "08P01", /* a message that ends too early */
	};
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (state == NULL)
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(state, others[i]) == 0)
			return true;
	return strncmp(state, "22", 2) == 0;
}

static void
resize(Bytes *value, int at, int remove, const char *insert, int length)
{
	static char result[2 * LARGEST];
	int         rest = value->length - at - remove;

	if (value->length - remove + length >= LARGEST)
		return;
	memcpy(result, value->bytes, (size_t) at);
	memmove(result + at, insert, (size_t) length);
	memcpy(result + at + length, value->bytes + at + remove, (size_t) rest);
	value->length = at + length + rest;
	memcpy(value->bytes, result, (size_t) value->length);
}

/* One change to a value, which has room for LARGEST bytes. */
static void
damage(Bytes *value, const Seeds *seeds)
{
	static const char *const telling[] = {
	    "0", "-1", "1e9", "9223372036854775808", "null", "\"\"", "{", "}", "NaN", "[]"};
	static const uint8_t edges[] = {0, 1, 0x7f, 0x80, 0xff};
	const Bytes         *other = &seeds->values[below(seeds->n)];
	const char          *word = telling[below(sizeof(telling) / sizeof(telling[0]))];
	int                  at = below(value->length + 1);
	int                  length = below(value->length - at + 1);
	int                  from = below(other->length + 1);

	switch (below(8))
	{
		case 0: /* flip a bit */
			if (at < value->length)
				value->bytes[at] ^= (char) (1 << below(8));
			break;
		case 1: /* change a byte */
			if (at < value->length)
				value->bytes[at] = (char) (below(2) ? edges[below(sizeof(edges))] : below(256));
			break;
		case 2: /* cut off */
			value->length = at;
			break;
		case 3: /* cut out */
			resize(value, at, length < 16 ? length : below(16), "", 0);
			break;
		case 4: /* grow by a copy of itself */
			resize(value, at, 0, value->bytes + at, length < 64 ? length : below(64));
			break;
		case 5: /* grow by a word */
			resize(value, at, 0, word, (int) strlen(word));
			break;
		case 6: /* replace by a word */
			resize(value, at, length < 8 ? length : below(8), word, (int) strlen(word));
			break;
		default: /* splice with another value */
			resize(value, at, value->length - at, other->bytes + from, other->length - from);
	}
}

static void
report(const char *what, const Type *type, int form, const Bytes *value, const PGresult *result)
{
	fprintf(stderr, "%s: %s, as %s: ", what, type->name, form ? "binary" : "text");
	for (int i = 0; i < value->length; i++)
		fprintf(stderr, form ? "%02x" : "%c", (unsigned char) value->bytes[i]);
	fprintf(stderr, "\n%s", PQresultErrorMessage(result));
}

static bool
same(const Answer *a, const Answer *b)
{
	for (int i = 0; i < 2; i++)
		if (a->form[i].length != b->form[i].length ||
		    memcmp(a->form[i].bytes, b->form[i].bytes, (size_t) a->form[i].length) != 0)
			return false;
	return true;
}

/* True when the value is refused, or is sound. */
static bool
try_value(PGconn *connection, Type *type, const Bytes *value, int form)
{
	Answer first;
	Answer again;
	bool   right;

	if (!ask(connection, type, value, form, &first))
	{
		right = blames_the_value(first.result);
		if (!right)
			report("a wrong error", type, form, value, first.result);
		PQclear(first.result);
		type->refused[form]++;
		return right;
	}
	right = true;
	for (int i = 0; i < 2 && right; i++)
	{
		right = ask(connection, type, &first.form[i], i, &again) && same(&first, &again);
		if (!right)
			report(i ? "another value by binary" : "another value by text", type, form, value,
			       again.result);
		PQclear(again.result);
	}
	PQclear(first.result);
	type->valid[form]++;
	return right;
}

int
main(int argc, char **argv)
{
	PGconn   *connection = PQconnectdb(argc > 3 ? argv[1] : "");
	long      tries = argc > 3 ? atol(argv[2]) : 0;
	long      wrong = 0;
	char     *room = malloc(2 * LARGEST);
	PGresult *names;
	Type     *types;
	int       n;

	if (PQstatus(connection) != CONNECTION_OK)
		stop(connection, "connection");
	random_state = strtoull(argv[3], NULL, 10);
	PQclear(query(connection, "SET client_min_messages = error"));
	names = query(connection, "SELECT name FROM kept.type WHERE base ORDER BY name");
	n = PQntuples(names);
	types = calloc((size_t) n, sizeof(Type));
	for (int i = 0; i < n; i++)
	{
		types[i].name = PQgetvalue(names, i, 0);
		prepare(connection, &types[i]);
	}

	for (long i = 0; i < tries && wrong < 20; i++)
	{
		Type        *type = &types[i % n];
		int          form = below(2);
		const Seeds *seeds = &type->seeds[form];
		const Bytes *seed = &seeds->values[below(seeds->n)];
		Bytes        value = {room, seed->length};

		memcpy(room, seed->bytes, (size_t) seed->length);
		for (int changes = 1 + below(3); changes > 0; changes--)
			damage(&value, seeds);
		room[value.length] = '\0';
		if (form == 0)
			value.length = (int) strlen(room); /* as far as text goes */
		if (!try_value(connection, type, &value, form))
			wrong++;
		if (PQstatus(connection) != CONNECTION_OK)
			stop(connection, "the connection is lost");
	}
	for (int i = 0; i < n; i++)
		printf("%s %ld %ld %ld %ld\n", types[i].name, types[i].refused[0], types[i].valid[0],
		       types[i].refused[1], types[i].valid[1]);
	PQclear(names);
	PQfinish(connection);
	return wrong > 0;
}
