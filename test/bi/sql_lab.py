"""SQL Lab runs every query of the README, and shows what the page shows."""

import pathlib
import re

import checks
from dashboards import connect

README = pathlib.Path(__file__).parents[2] / "README.md"
TYPES = {
    "a test": (
        "SELECT (nps_test(a, b)).* FROM (SELECT "
        "nps_agg(answer) FILTER (WHERE channel = 'app') AS a, "
        "nps_agg(answer) FILTER (WHERE channel = 'email') AS b "
        "FROM demo.response WHERE metric = 'nps') t"
    ),
    "a summary": "SELECT nps_agg(answer) AS s FROM demo.response WHERE metric = 'nps'",
    "a sum of summaries": "SELECT sum(s) AS s FROM cx_recommend",
    "an interval": "SELECT median_duration(sum(resolution)) AS waited FROM cx_service",
    "money": "SELECT mrr_end(sum(revenue)) AS mrr FROM cx_month WHERE month = '2025-12-01'",
    "every column of a rollup": "SELECT * FROM cx_recommend ORDER BY day, segment, channel LIMIT 5",
}


def run(superset, database, sql):
    asked = {"database_id": database, "schema": "public", "sql": sql, "runAsync": False}
    return superset.post("/api/v1/sqllab/execute/", json=asked)["data"]


def cell(value):
    try:
        return f"{float(value):.10g}"
    except (TypeError, ValueError):
        return "" if value is None else str(value).strip()


def page(text):
    """The rows of a table of psql's."""
    return [tuple(map(cell, line.split("|"))) for line in text.strip().split("\n")[2:-1]]


def check_readme(superset, database):
    blocks = re.findall(r"^```sql\n(.*?)^```\n(?:```\n(.*?)^```)?", README.read_text(), re.M | re.S)
    for sql, output in blocks:
        tables = output.strip().split("\n\n")
        for statement in re.split(r";\s+", sql.strip().removesuffix(";")):
            if statement.startswith("CREATE EXTENSION"):
                continue
            name = f"SQL Lab: {' '.join(statement.split())[:60]}"
            try:
                rows = [tuple(map(cell, r.values())) for r in run(superset, database, statement)]
            except RuntimeError as error:
                checks.check(name, False, error)
                continue
            if statement.startswith("SELECT"):
                checks.same(name, rows, page(tables.pop(0)))
            if "cxm_create_rollup" in statement:
                # SQL Lab takes back what a SELECT has made
                connect().cursor().execute(statement)


def check_types(superset, database):
    for name, sql in TYPES.items():
        try:
            rows = run(superset, database, sql)
            checks.check(f"SQL Lab: {name}", rows)
        except RuntimeError as error:
            checks.check(f"SQL Lab: {name}", False, error)


def check(superset):
    database = superset.get("/api/v1/database/")["result"][0]["id"]
    check_types(superset, database)
    check_readme(superset, database)
