"""Makes the types of cxm known to psycopg and to SQLAlchemy.

Without it psycopg gives a summary as text, and an array or a record as one text, too; SQLAlchemy
warns of each column whose type it does not know when it reads what tables there are. With it arrays
are lists, records are named tuples, and SQLAlchemy gives a summary its type when it writes it.
"""

from psycopg.types import TypeInfo
from psycopg.types.composite import CompositeInfo, register_composite
from sqlalchemy import cast, event
from sqlalchemy.dialects.postgresql import base
from sqlalchemy.types import UserDefinedType

TYPES = """
    SELECT typname, typtype FROM pg_type
    JOIN pg_depend ON classid = 'pg_type'::regclass AND objid = pg_type.oid AND deptype = 'e'
    JOIN pg_extension ON refclassid = 'pg_extension'::regclass AND refobjid = pg_extension.oid
    WHERE extname = 'cxm' AND typtype IN ('b', 'c') AND pg_type_is_visible(pg_type.oid)
"""


def register(connection):
    """For a connection of psycopg."""
    for name, kind in connection.execute(TYPES).fetchall():
        if kind == "c":
            register_composite(CompositeInfo.fetch(connection, name), connection)
        else:
            TypeInfo.fetch(connection, name).register(connection)


class CxmType(UserDefinedType):
    """A type of cxm as a column of a table: text in Python, itself in the database."""

    cache_ok = True
    name = None

    def get_col_spec(self, **_):
        return self.name

    def bind_expression(self, value):
        return cast(value, self)


def register_engine(engine):
    """For an engine of SQLAlchemy, before it reads what tables there are."""
    with engine.connect() as connection:
        for name, _ in connection.exec_driver_sql(TYPES):
            base.ischema_names[name] = type(name, (CxmType,), {"name": name})

    @event.listens_for(engine, "connect")
    def connected(connection, _):
        register(connection)
        connection.commit()
