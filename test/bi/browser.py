"""A headless Chromium, and what it asks Superset for the charts of a dashboard."""

import json
import shutil
import tempfile
import time
import urllib.parse

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    # whatever a page would like from elsewhere it does not get
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
ERRORS = "[data-test='error-alert'], .ant-alert-error, .ant-empty, .error-boundary"
LOADING = "[data-test='loading-indicator'], .loading, .ant-spin-spinning"


class Browser:
    def __init__(self, superset):
        self.profile = tempfile.mkdtemp(prefix="chromium.")
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for option in [*OPTIONS, f"--user-data-dir={self.profile}"]:
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        service = Service(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.resize(2400)
        self.driver.set_script_timeout(60)
        self.driver.get(f"{superset.address}/static/robots.txt")
        for cookie in superset.session.cookies:
            self.driver.add_cookie({"name": cookie.name, "value": cookie.value, "path": "/"})

    def resize(self, height):
        size = {"width": 1400, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def elements(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def open(self, address, charts, filters=""):
        """Opens a dashboard and waits for all charts. Returns the seconds and the requests."""
        self.driver.get("about:blank")
        self.driver.get_log("performance")
        requests = {}
        begin = time.monotonic()
        self.driver.get(f"{address}?standalone=2{filters}")
        while time.monotonic() < begin + 120:
            self.collect(requests)
            finished = [r for r in requests.values() if r["finished"]]
            if len(finished) >= charts and not self.elements(LOADING):
                break
            time.sleep(0.1)
        return time.monotonic() - begin, [self.request(id, r) for id, r in requests.items()]

    def collect(self, requests):
        for entry in self.driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            what, about = event["method"], event["params"]
            id = about.get("requestId")
            if what == "Network.requestWillBeSent":
                url = about["request"]["url"]
                if "/api/v1/chart/data" in url and about["request"]["method"] == "POST":
                    requests[id] = {"body": about["request"].get("postData"), "finished": False}
            elif what == "Network.loadingFinished" and id in requests:
                requests[id]["finished"] = True

    def request(self, id, request):
        command = self.driver.execute_cdp_cmd
        body = request["body"]
        if body is None:
            body = command("Network.getRequestPostData", {"requestId": id})["postData"]
        answer = command("Network.getResponseBody", {"requestId": id})["body"]
        return json.loads(body), json.loads(answer)

    def text(self, chart_id):
        """What one reads of a chart."""
        return self.elements(f"[data-test-chart-id='{chart_id}']")[0].text

    def rows(self, chart_id):
        """The rows of a chart that is a table, as text."""
        script = """return Array.from(document.querySelectorAll(
            `[data-test-chart-id='${arguments[0]}'] tbody tr`)).map(
            row => Array.from(row.cells).map(cell => cell.innerText.trim()))"""
        return [tuple(row) for row in self.driver.execute_script(script, chart_id)]

    def photograph(self, path):
        bottom = """return Math.max(...Array.from(document.querySelectorAll(
            '[data-test-chart-id]')).map(chart => chart.getBoundingClientRect().bottom))"""
        height = int(self.driver.execute_script(bottom)) + 40
        self.resize(height)
        time.sleep(2)
        self.driver.save_screenshot(path)
        self.resize(2400)


def rison(value):
    """A value as Superset writes it into an address."""
    if isinstance(value, dict):
        return "(" + ",".join(f"{rison(k)}:{rison(v)}" for k, v in value.items()) + ")"
    if isinstance(value, list):
        return "!(" + ",".join(map(rison, value)) + ")"
    return "'" + str(value).replace("!", "!!").replace("'", "!'") + "'"


def native_filters(masks):
    return "&native_filters=" + urllib.parse.quote(rison(masks))
