"""Every chart of every dashboard: what it asks Superset and what it gets, over the API and on the
page in a browser, against the SQL of charts.sql."""

import datetime
import decimal
import pathlib
import re

import psycopg2
import yaml

import checks
from browser import ERRORS, Browser, native_filters
from serve import HERE, database_uri

SQL = pathlib.Path(__file__).with_name("charts.sql").read_text()
QUERY_LIMIT = 0.3
DASHBOARD_LIMIT = 3.0

SEGMENTS = ["Consumer", "Small business", "Enterprise", "Public sector", "No customer yet"]
CHANNELS = ["app", "chat", "email", "partner", "phone", "referral", "shop", "web"]
YEAR = ("2025-01-01", "2026-01-01", SEGMENTS, CHANNELS)
SOME = ("2025-07-01", "2025-12-01", ["Enterprise", "Small business"], ["app", "web", "phone"])


def objects(kind):
    return [yaml.safe_load(path.read_text()) for path in sorted(HERE.glob(f"{kind}/**/*.yaml"))]


def connect():
    options = "-c work_mem=64MB -c timezone=UTC"
    address = database_uri().replace("postgresql+psycopg2", "postgresql")
    connection = psycopg2.connect(address, options=options)
    connection.autocommit = True
    return connection


class Expected:
    """The queries of charts.sql under a choice of filters."""

    def __init__(self, choice):
        first, *queries = re.split(r"^--- (.*)\n", SQL, flags=re.M)
        self.queries = dict(zip(queries[::2], queries[1::2]))
        self.cursor = connect().cursor()
        since, until, segments, channels = choice
        for name, value in {
            "since": f"timestamptz '{since} 00:00Z'",
            "until": f"timestamptz '{until} 00:00Z'",
            "segments": self.cursor.mogrify("%s", (segments,)).decode(),
            "channels": self.cursor.mogrify("%s", (channels,)).decode(),
        }.items():
            first = re.sub(rf"(?<!:):{name}\b", value, first)
        self.cursor.execute(first)

    def rows(self, chart):
        self.cursor.execute(self.queries[chart])
        names = [column.name for column in self.cursor.description]
        return [dict(zip(names, row)) for row in self.cursor]


def plain(value):
    """A value as JSON has it: a day in milliseconds, a number to nine digits."""
    if isinstance(value, datetime.date):
        moment = datetime.datetime.combine(value, datetime.time(), datetime.timezone.utc)
        return moment.timestamp() * 1000
    if isinstance(value, (int, float, decimal.Decimal)):
        return float(f"{value:.9g}")
    return value


def comparable(rows):
    return sorted((str(sorted((k, plain(v)) for k, v in row.items())) for row in rows))


def answered(asked, answer):
    rows = answer["result"][0]["data"]
    form = asked["form_data"]
    if form["viz_type"].startswith("echarts_timeseries") and form["groupby"]:
        x = form["x_axis"]
        series = [(row, name) for row in rows for name in row if name != x]
        rows = [{"x": r[x], "series": s, "value": r[s]} for r, s in series if r[s] is not None]
    return rows


def shown(value, d3format):
    """A value as a page shows it."""
    if value is None:
        return "N/A"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str) or not d3format:
        return str(value)
    return format(int(value) if d3format == ",d" else float(value), d3format)


class Dashboards:
    def __init__(self, superset, browser, pictures):
        self.superset, self.browser, self.pictures = superset, browser, pictures
        self.addresses = superset.import_dashboards()
        self.charts = {chart["uuid"]: chart for chart in objects("charts")}
        self.formats = {
            (dataset["uuid"], metric["metric_name"]): metric["d3format"]
            for dataset in objects("datasets")
            for metric in dataset["metrics"]
        }
        listed = superset.get("/api/v1/chart/?q=(page_size:100,columns:!(id,slice_name))")["result"]
        self.names = {chart["id"]: chart["slice_name"] for chart in listed}
        self.connection = connect()

    def check(self, dashboard, choice, expected):
        """Opens it in the browser, as a person would."""
        title, slug = dashboard["dashboard_title"], dashboard["slug"]
        tiles = [t["meta"] for k, t in dashboard["position"].items() if k.startswith("CHART")]
        whole = choice is YEAR
        filters = dashboard["metadata"]["native_filter_configuration"]
        masks = "" if whole else native_filters(self.masks(filters, choice))
        title += "" if whole else ", filtered"
        wanted = len(tiles) + len(filters) - 1
        seconds, requests = self.browser.open(self.addresses[slug][1], wanted, masks)
        errors = [element.text for element in self.browser.elements(ERRORS)]
        checks.same(f"{title}: no chart has an error", errors, [])
        by_chart = {a["form_data"].get("slice_id"): (a, b) for a, b in requests}
        sql_seconds = 0
        for tile in tiles:
            id = next(i for i, name in self.names.items() if name == tile["sliceName"])
            name = f"{title}: {tile['sliceName']}"
            if id not in by_chart:
                checks.check(f"{name}: asks for data", False)
                continue
            sql_seconds += self.check_chart(name, tile, id, *by_chart[id], expected, whole)
        if whole:
            quick = sql_seconds < DASHBOARD_LIMIT
            checks.check(f"{title}: its queries take {sql_seconds:.2f} s", quick)
            print(f"# {title}: shown after {seconds:.1f} s in the browser")
            if self.pictures:
                self.browser.photograph(f"{self.pictures}/superset_{slug}.png")

    def masks(self, filters, choice):
        since, until, *lists = choice
        time_range = f"{since} : {until}"
        masks = {}
        for number, filter in enumerate(filters[:3]):
            extra, value = {"time_range": time_range}, time_range
            if number > 0:
                column, value = filter["targets"][0]["column"]["name"], lists[number - 1]
                extra = {"filters": [{"col": column, "op": "IN", "val": value}]}
            state = {"value": value}
            masks[filter["id"]] = {
                "id": filter["id"],
                "extraFormData": extra,
                "filterState": state,
                "ownState": {},
            }
        return masks

    def check_chart(self, name, tile, id, asked, answer, expected, whole):
        wanted = expected.rows(tile["sliceName"])
        if "result" not in answer:
            checks.check(f"{name}: has data", False, answer)
            return 0
        found = answered(asked, answer)
        checks.same(f"{name}: in the browser as in SQL", comparable(found), comparable(wanted))
        if not whole:
            return 0
        again = self.superset.post("/api/v1/chart/data", json={**asked, "force": True})
        checks.same(f"{name}: over the API", comparable(answered(asked, again)), comparable(wanted))
        self.check_page(name, tile, id, wanted)
        seconds = self.duration(again["result"][0]["query"])
        checks.check(f"{name}: takes {seconds * 1000:.0f} ms", seconds < QUERY_LIMIT)
        return seconds

    def check_page(self, name, tile, id, wanted):
        chart = self.charts[tile["uuid"]]
        form = chart["params"]
        if form["viz_type"] == "big_number_total":
            figure = shown(wanted[0][form["metric"]], form["y_axis_format"])
            text = self.browser.text(id).split("\n")
            checks.check(f"{name}: the page says {figure}", figure in text, f"  {text}")
        elif form["viz_type"] == "table":
            columns = form.get("all_columns") or form["groupby"] + form["metrics"]
            rows = [
                tuple(shown(row[c], self.formats.get((chart["dataset_uuid"], c))) for c in columns)
                for row in wanted
            ]
            on_page = self.browser.rows(id)
            enough = min(len(rows), form.get("server_page_length", len(rows)))
            good = len(on_page) >= enough > 0 and set(on_page) <= set(rows)
            checks.check(f"{name}: the page has these rows", good, f"  {on_page}", f"  {rows}")

    def duration(self, sql):
        """Seconds of the processor, the best of three: other things happen on a machine."""
        with self.connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0; SELECT pg_backend_pid()")
            counter = pathlib.Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
            used = [int(counter.read_text().split()[0])]
            for _ in range(3):
                cursor.execute(sql)
                cursor.fetchall()
                used.append(int(counter.read_text().split()[0]))
            return min(after - before for before, after in zip(used, used[1:])) / 1e9


def check(superset, pictures=None):
    browser = Browser(superset)
    try:
        dashboards = Dashboards(superset, browser, pictures)
        for choice in (YEAR, SOME):
            expected = Expected(choice)
            for dashboard in objects("dashboards"):
                dashboards.check(dashboard, choice, expected)
    finally:
        browser.close()
