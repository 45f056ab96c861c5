"""Superset as an analyst meets it: the dashboards in a browser, and SQL Lab.
`bi.py DIRECTORY` keeps pictures of the dashboards there."""

import pathlib
import shutil
import sys

sys.path.append(str(pathlib.Path(__file__).parents[2] / "examples" / "superset"))

import checks  # noqa: E402
import dashboards  # noqa: E402
import sql_lab  # noqa: E402
from serve import Superset  # noqa: E402


def main():
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        print("there is no Chromium with its driver here")
        sys.exit(77)
    with Superset() as superset:
        dashboards.check(superset, *sys.argv[1:])
        sql_lab.check(superset)
    checks.close()


if __name__ == "__main__":
    main()
