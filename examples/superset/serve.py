"""Apache Superset over the database that PGHOST, PGPORT and the like name, with the dashboards of
this directory: on a free port of loopback, its own data in a directory that is gone afterwards.

    serve.py          shows the addresses of the dashboards and stays until Ctrl-C
"""

import io
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import zipfile

import requests
import yaml

HERE = pathlib.Path(__file__).parent
PROGRAMS = pathlib.Path(sys.prefix, "bin")
USER = PASSWORD = "admin"


def database_uri():
    """The server of the environment, as SQLAlchemy names one that has a unix socket."""
    where = {"host": os.environ["PGHOST"], "port": os.environ.get("PGPORT", "5432")}
    user, database = os.environ["PGUSER"], os.environ["PGDATABASE"]
    return f"postgresql+psycopg2://{user}@/{database}?{urllib.parse.urlencode(where)}"


def bundle(uri):
    """The files of this directory as the archive that Superset exports and imports."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        for path in sorted(HERE.rglob("*.yaml")):
            text = path.read_text()
            if path.parent.name == "databases":
                text = yaml.safe_dump({**yaml.safe_load(text), "sqlalchemy_uri": uri})
            files.writestr(f"dashboards/{path.relative_to(HERE)}", text)
    return archive.getvalue()


class Superset:
    """A server of Superset; with it one is logged in, by `session`."""

    def __enter__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="superset."))
        self.environment = {
            **os.environ,
            "SUPERSET_HOME": str(self.home),
            "SUPERSET_SECRET_KEY": secrets.token_hex(32),
            "FLASK_APP": "superset.app:create_app()",
            "SCARF_ANALYTICS": "false",
        }
        self.server = None
        try:
            self.prepare()
            self.start()
            self.log_in()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.server is not None:
            self.server.terminate()
            try:
                self.server.wait(20)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
        shutil.rmtree(self.home)

    def prepare(self):
        """Superset's own tables, which take a minute: the installation keeps a copy of them."""
        kept = pathlib.Path(sys.prefix, "superset.db")
        mine = self.home / "superset.db"
        if not kept.exists():
            self.superset("db", "upgrade")
            self.superset("init")
            account = ["--username", USER, "--password", PASSWORD, "--email", "admin@cxm.invalid"]
            self.superset("fab", "create-admin", "--firstname", "A", "--lastname", "B", *account)
            shutil.copy(mine, kept.with_suffix(".new"))
            kept.with_suffix(".new").rename(kept)
        shutil.copy(kept, mine)

    def superset(self, *words):
        command = [PROGRAMS / "superset", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"cxm: superset {' '.join(words)} failed\n{done.stderr[-3000:]}")

    def start(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.log = self.home / "log"
        options = ["--worker-class", "gthread", "--threads", "8", "--timeout", "300"]
        command = [PROGRAMS / "gunicorn", "--bind", f"127.0.0.1:{port}", *options]
        with open(self.log, "w") as log:
            self.server = subprocess.Popen(
                [*command, "superset.app:create_app()"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        for _ in range(300):
            if self.server.poll() is not None:
                break
            try:
                if requests.get(f"{self.address}/health", timeout=60).ok:
                    return
            except requests.ConnectionError:
                time.sleep(1)
        sys.exit(f"cxm: Superset did not start\n{self.log.read_text()[-3000:]}")

    def log_in(self):
        self.session = requests.Session()
        credentials = {"username": USER, "password": PASSWORD, "provider": "db"}
        self.session.get(f"{self.address}/login/")
        token = self.post("/api/v1/security/login", json=credentials)["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"
        csrf = self.get("/api/v1/security/csrf_token/")["result"]
        self.session.headers.update({"X-CSRFToken": csrf, "Referer": self.address})
        self.session.post(f"{self.address}/login/", {**credentials, "csrf_token": csrf})

    def get(self, path):
        return self.answer(self.session.get(self.address + path))

    def post(self, path, **content):
        return self.answer(self.session.post(self.address + path, **content))

    @staticmethod
    def answer(response):
        if not response.ok:
            raise RuntimeError(f"{response.request.url}: {response.status_code} {response.text}")
        return response.json()

    def import_dashboards(self):
        """Returns the title and the address of each."""
        archive = {"formData": ("dashboards.zip", bundle(database_uri()), "application/zip")}
        self.post("/api/v1/dashboard/import/", files=archive, data={"overwrite": "true"})
        query = "(order_column:dashboard_title,order_direction:asc)"
        dashboards = self.get(f"/api/v1/dashboard/?q={query}")["result"]
        return {d["slug"]: (d["dashboard_title"], self.address + d["url"]) for d in dashboards}


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("cxm: starting Superset", flush=True)
    with Superset() as superset:
        for title, address in superset.import_dashboards().values():
            print(f"{title:24} {address}")
        print(f"Log in as {USER}, password {PASSWORD}. Ctrl-C ends it all.", flush=True)
        superset.server.wait()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
