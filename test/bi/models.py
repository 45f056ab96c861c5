"""The dbt project: built, built again after new rows and late ones, and compared with SQL."""

import decimal
import json
import os
import pathlib
import subprocess
import tempfile

import checks
import psycopg2

PROJECT = pathlib.Path(__file__).parents[2] / "examples" / "dbt"

MARTS = {
    "nps_by_month": """
        SELECT date_trunc('month', asked_at AT TIME ZONE 'UTC')::date, segments[1], count(answer),
            100.0 * avg((answer >= 9)::integer - (answer <= 6)::integer)
                FILTER (WHERE answer IS NOT NULL),
            nps_lower(nps_agg(answer)), nps_upper(nps_agg(answer))
        FROM demo.response LEFT JOIN demo.customer USING (tenant, customer)
        WHERE metric = 'nps' GROUP BY 1, 2""",
    "service_by_month": """
        SELECT month, team, count(resolved_at),
            in_hours(median_duration(ttr_agg(opened_at, resolved_at))), avg(met::integer),
            share_lower(share_agg(met)), share_upper(share_agg(met))
        FROM (SELECT *, date_trunc('month', opened_at AT TIME ZONE 'UTC')::date AS month,
                CASE WHEN resolved_at IS NOT NULL THEN business_time(calendar,
                    tstzmultirange(tstzrange(opened_at, resolved_at)) - paused)
                    <= resolution_target END AS met
            FROM demo.ticket) AS t GROUP BY 1, 2""",
}

# An answer that comes two years late, a question nobody knew of, a new day, an old ticket resolved.
NEWS = """
    UPDATE demo.response SET answer = 10, answered_at = '2026-01-02Z' WHERE (tenant, response) = (
        SELECT tenant, response FROM demo.response WHERE metric = 'nps' AND answer IS NULL
        ORDER BY asked_at, response LIMIT 1);
    INSERT INTO demo.response (tenant, response, metric, scale, answer, asked_at, customer, channel)
    VALUES ('demo', 'late', 'nps', '0..10', 0, '2024-05-05 12:00Z', '1', 'app'),
        ('demo', 'new', 'nps', '0..10', 9, '2026-01-01 12:00Z', '2', 'email');
    UPDATE demo.ticket SET resolved_at = '2026-01-02Z' WHERE (tenant, ticket) = (
        SELECT tenant, ticket FROM demo.ticket WHERE resolved_at IS NULL
        ORDER BY opened_at, ticket LIMIT 1);
"""


class Dbt:
    def __init__(self, target):
        self.target = target

    def __call__(self, *words):
        """Returns what became of each node."""
        options = ["--project-dir", PROJECT, "--profiles-dir", PROJECT]
        options += ["--target-path", self.target, "--log-path", self.target]
        command = ["dbt", "--quiet", "--no-use-colors", *words, *options]
        environment = {**os.environ, "DBT_NO_VERSION_CHECK": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        checks.check(f"dbt {words[0]}", done.returncode == 0, done.stdout, done.stderr)
        results = json.loads(pathlib.Path(self.target, "run_results.json").read_text())["results"]
        return {result["unique_id"]: result for result in results}


def rounded(rows):
    def plain(value):
        return f"{float(value):.9g}" if isinstance(value, (float, decimal.Decimal)) else value

    return sorted(tuple(map(plain, row)) for row in rows)


def compare(cursor, when):
    for mart, sql in MARTS.items():
        cursor.execute(f"SELECT * FROM cx.{mart}")
        found = rounded(cursor.fetchall())
        cursor.execute(sql)
        checks.check(f"{mart} {when}", found == rounded(cursor.fetchall()) and found)


def days(cursor):
    cursor.execute("SELECT day, xmin::text FROM cx.daily_nps GROUP BY 1, 2")
    return set(cursor.fetchall())


def main():
    connection = psycopg2.connect("")
    connection.autocommit = True
    cursor = connection.cursor()
    with tempfile.TemporaryDirectory(prefix="dbt.") as target:
        dbt = Dbt(target)
        built = dbt("build")
        kinds = {id.split(".")[0] for id in built}
        checks.same("models, tests and exposures are built", kinds, {"exposure", "model", "test"})
        compare(cursor, "as in SQL")
        before = days(cursor)
        cursor.execute(NEWS)
        dbt("build")
        compare(cursor, "as in SQL, with what came late")
        anew = sorted(str(day) for day, _ in days(cursor) - before)
        checks.check(f"only the days {', '.join(anew)} are made anew", len(anew) == 3)
        dbt("docs", "generate")
        catalog = json.loads(pathlib.Path(target, "catalog.json").read_text())["nodes"]
        column = catalog["model.cxm.daily_nps"]["columns"]["s"]
        checks.same("the documents name the type", column["type"], "rating_summary")
    checks.close()


if __name__ == "__main__":
    main()
