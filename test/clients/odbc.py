# Asks the server through psqlODBC and unixODBC what client.pm wants to know: see there. The driver
# is named by its path, the first argument. A type is reported as what ODBC's metadata make of it:
# the class of its values and the size of the column.
import datetime
import decimal
import os
import re
import sys

import pyodbc

PARAMETER = {
    "integer": int,
    "bigint": int,
    "double": float,
    "numeric": decimal.Decimal,
    "text": str,
    "text[]": "{{{}}}".format,
    "timestamptz": lambda text: datetime.datetime.fromisoformat(text.removesuffix("+00")),
    "interval": str,
}


def escaped(value):
    if value is None:
        return r"\N"
    return str(value).replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n")


def unescaped(text):
    return re.sub(r"\\([\\tn])", lambda c: {"t": "\t", "n": "\n"}.get(c[1], c[1]), text)


def say(*fields):
    print(*map(escaped, fields), sep="\t", flush=True)


def answer(cursor, sql, *fields):
    parameters = []
    for kind, text in zip(fields[::2], fields[1::2]):
        native = kind == "native"
        parameters.append(cursor.execute(text).fetchval() if native else PARAMETER[kind](text))
    cursor.execute(re.sub(r"\$\d", "?", sql), *parameters)
    if cursor.description is not None:
        say("types", *(f"{kind.__name__} {size}" for _, kind, _, size, *_ in cursor.description))
        for row in cursor:
            say("row", *row)


def main():
    settings = {
        "Driver": sys.argv[1],
        "Server": os.environ["PGHOST"],
        "Port": os.environ["PGPORT"],
        "Database": os.environ["PGDATABASE"],
        "UID": os.environ["PGUSER"],
        "PWD": os.environ["PGPASSWORD"],
        "UseServerSidePrepare": 1,
        "UnknownsAsLongVarchar": 1,
        "MaxLongVarcharSize": 1000000,
    }
    connection = pyodbc.connect(
        ";".join(f"{name}={value}" for name, value in settings.items()), autocommit=True
    )
    for line in sys.stdin:
        try:
            answer(connection.cursor(), *map(unescaped, line.rstrip("\n").split("\t")))
        except pyodbc.Error as error:
            say("error", *error.args)
        say("done")


main()
