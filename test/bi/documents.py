"""sqlglot, on which BI tools and dbt tools look at SQL, parses every SQL block of the pages."""

import collections
import logging
import pathlib
import re

import checks
import sqlglot

ROOT = pathlib.Path(__file__).parents[2]

# A literal of a type that sqlglot does not know, inside of VALUES or after a comma: it takes
# `rating_summary '...'` for a column and its alias. CAST('...' AS rating_summary) is parsed.
NOT_PARSED = {
    "docs/journeys/flow_summary.md": 1,
    "docs/ratings/rating_intervals.md": 1,
    "docs/service/business_calendar.md": 1,
}


def statements(block):
    """The SQL of a block, without what psql does itself."""
    lines = [line for line in block.split("\n") if not line.startswith("\\")]
    return re.sub(r"\s*\\(gdesc|gset|gexec)\b.*", ";", "\n".join(lines))


def main():
    # What sqlglot keeps as it stands (CREATE EXTENSION, CALL, VACUUM) it mentions at each turn.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    refused = collections.Counter()
    for path in [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]:
        page = str(path.relative_to(ROOT))
        for block in re.findall(r"^```sql\n(.*?)^```", path.read_text(), re.M | re.S):
            sql = statements(block)
            try:
                parsed = sqlglot.parse(sql, read="postgres")
                checks.check(f"{page}: {sql[:50].splitlines()[0]}", any(parsed) or not sql.strip())
            except sqlglot.errors.ParseError as error:
                refused[page] += 1
                known = refused[page] <= NOT_PARSED.get(page, 0)
                checks.check(f"{page}: known not to be parsed", known, error)
    checks.same("what is not parsed is what is known", dict(refused), NOT_PARSED)
    checks.close()


if __name__ == "__main__":
    main()
