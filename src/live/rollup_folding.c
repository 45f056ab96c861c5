/*
 * rollup_folding.c
 *		Folding: every group with deltas becomes one row again, on request, or by a writer now and
 *		then.
 *
 * Who folds has the table of deltas to himself, but for those who append and who read, until the
 * end of his transaction: what he has folded is not there yet for others, who would fold, forget or
 * replace it once more.
 */
#include "live/live_rollup.h"

#include "access/table.h"
#include "access/xact.h"
#include "common/pg_prng.h"
#include "executor/spi.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* Every group with a delta that has not been folded becomes one row, or none. */
static const char fold[] =
    "WITH folded AS (DELETE FROM $delta WHERE ctid IN (SELECT unnest(array_agg(ctid)) FROM $delta "
    "GROUP BY {k,$name} HAVING bool_or(compacted_at IS NULL)) RETURNING *) "
    "INSERT INTO $delta ({k,$name}, {a,$added}, row_count, compacted_at) "
    "SELECT {k,$name}, {a," ROLLUP_NET("") "}, sum(row_count)::bigint, statement_timestamp() "
    "FROM folded GROUP BY {k,$name} HAVING sum(row_count) <> 0";

/*
 * A writer folds where the deltas are not read in a moment anyway, after so many that were appended
 * on the average, by whomever; or as many as such a part of the rows that there are, where these
 * are more, since folding reads them all.
 */
#define PAGES_NOT_WORTH_IT 64
#define DELTAS_BETWEEN 1000
#define PART_OF_ROWS 2

void
rollup_fold(Rollup *rollup, Extension extension)
{
	Identity before = rollup_become(rollup->owner, true);

	rollup_read_source(rollup, extension);
	rollup_check_whole(rollup, GetLatestSnapshot());
	SPI_connect();
	rollup_run(rollup, fold, extension);
	SPI_finish();
	rollup_become_again(before);
	rollup_fold_skipped(rollup, GetLatestSnapshot());
}

/* Happens once in so many times on the average, for one delta; for several so much more often. */
static bool
happens(uint64 once_in, int64 deltas)
{
	return pg_prng_uint64_range(&pg_global_prng_state, 0, once_in - 1) < (uint64) deltas;
}

/*
 * As many rows as somebody has counted: of a table that nobody has analyzed yet its writers do,
 * within a second or so, this session with what it has not committed.
 */
static int64
count_of_rows(Relation deltas)
{
	PgStat_StatTabEntry    *known = pgstat_fetch_stat_tabentry(RelationGetRelid(deltas));
	PgStat_TableStatus     *own = deltas->pgstat_info;
	PgStat_TableXactStatus *uncommitted = own == NULL ? NULL : own->trans;
	int64                   rows = known == NULL ? 0 : known->CXM_LIVE_TUPLES;

	if (own != NULL)
		rows += own->CXM_COUNTED_LIVE_TUPLES;
	for (; uncommitted != NULL; uncommitted = uncommitted->upper)
		rows += uncommitted->tuples_inserted - uncommitted->tuples_deleted;
	return Max(rows, deltas->rd_rel->reltuples);
}

/* Once in DELTAS_BETWEEN it has been decided already. */
static bool
is_worth_it(Oid delta, int64 appended)
{
	Relation    deltas = table_open(delta, NoLock);
	BlockNumber pages = RelationGetNumberOfBlocks(deltas);
	int64       others = count_of_rows(deltas) - appended;

	table_close(deltas, NoLock);
	return pages >= PAGES_NOT_WORTH_IT &&
	       happens(Max(DELTAS_BETWEEN, others / PART_OF_ROWS), Max(DELTAS_BETWEEN, appended));
}

typedef struct Folding
{
	Rollup    rollup;
	Extension extension;
} Folding;

static void
fold_if_nobody_does(void *argument)
{
	Folding *folding = argument;

	if (ConditionalLockRelationOid(folding->rollup.delta, ShareUpdateExclusiveLock))
		rollup_fold(&folding->rollup, folding->extension);
}

/*
 * After a statement has appended deltas to a rollup whose relations are locked.  Under an earlier
 * snapshot what others have committed since could not be folded.  Of an error the next one who
 * folds on request is told: this statement has done what it had to.
 */
void
rollup_fold_at_times(const Rollup *rollup, int64 deltas, FunctionCallInfo fcinfo)
{
	Folding folding = {.rollup = *rollup};

	if (!happens(DELTAS_BETWEEN, deltas) || IsolationUsesXactSnapshot() ||
	    !is_worth_it(rollup->delta, deltas))
		return;
	folding.extension = rollup_extension(fcinfo);
	rollup_attempt(fold_if_nobody_does, &folding, true);
}
