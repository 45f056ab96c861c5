"""psycopg and SQLAlchemy read every type of cxm, and write it back, without a warning."""

import os
import pathlib
import subprocess
import sys
import warnings

ROOT = pathlib.Path(__file__).parents[2]
sys.path.append(str(ROOT / "examples" / "python"))

import checks  # noqa: E402
import cxm_types  # noqa: E402
import psycopg  # noqa: E402
import sqlalchemy  # noqa: E402

DATABASE = "drivers"


def check_psycopg(connection):
    cxm_types.register(connection)
    test = "SELECT nps_test(sum(rating), sum(rating)) FROM observation"
    found = connection.execute(test).fetchone()[0]
    checks.same("psycopg: a record is a named tuple", (found.difference, found.p_value), (0, 1))
    arrays = "SELECT array_agg(rating ORDER BY n) FROM observation WHERE n <= 3"
    found = connection.execute(arrays).fetchone()[0]
    one_by_one = "SELECT rating FROM observation WHERE n <= 3 ORDER BY n"
    expected = [row[0] for row in connection.execute(one_by_one)]
    checks.same("psycopg: an array of summaries is a list", found, expected)
    back = f"SELECT %s::rating_summary[] = ({arrays})"
    checks.same("psycopg: and goes back", connection.execute(back, [found]).fetchone()[0], True)


def check_sqlalchemy(engine, types):
    cxm_types.register_engine(engine)
    metadata = sqlalchemy.MetaData()
    metadata.reflect(engine, only=["observation", "total"])
    for table in metadata.sorted_tables:
        known = {type.name for type in cxm_types.CxmType.__subclasses__()}
        found = {str(column.type) for column in table.columns} & known
        checks.check(f"SQLAlchemy: {table.name} has {len(found)} types of cxm", found)
    observation = metadata.tables["observation"]
    written = sqlalchemy.MetaData()
    copy = sqlalchemy.Table(
        "copy", written, *(sqlalchemy.Column(c.name, c.type) for c in observation.columns)
    )
    written.create_all(engine)
    with engine.begin() as connection:
        rows = connection.execute(observation.select().limit(50)).mappings().all()
        connection.execute(copy.insert(), [dict(row) for row in rows])
        for column in observation.columns:
            query = sqlalchemy.text(
                f'SELECT count(*) FROM copy JOIN observation o USING (n) '
                f'WHERE copy."{column.name}"::text IS DISTINCT FROM o."{column.name}"::text'
            )
            name = f"SQLAlchemy: {column.name} ({column.type}) there and back"
            checks.same(name, connection.execute(query).scalar(), 0)
        seen = {str(column.type) for column in observation.columns}
        checks.same("every type was seen", types - seen, set())


def main():
    subprocess.run(["createdb", DATABASE], check=True)
    file = ROOT / "test" / "every_aggregate.sql"
    command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", DATABASE, "-f", str(file)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with psycopg.connect(dbname=DATABASE) as connection:
            rows = connection.execute(cxm_types.TYPES).fetchall()
            types = {name for name, kind in rows if kind == "b"}
            check_psycopg(connection)
        engine = sqlalchemy.create_engine(f"postgresql+psycopg:///{DATABASE}")
        check_sqlalchemy(engine, types)
        engine.dispose()
    checks.same("no warnings", [str(warning.message) for warning in caught], [])
    checks.close()


if __name__ == "__main__":
    main()
