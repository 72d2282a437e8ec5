"""`python -m bench.dashboard`: how long admin's first page takes with a year of usage, at the client.

SQLite, or with --database URL an empty PostgreSQL database; a million rows of usage per hour and 200,000 requests.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import requests

from bench.report import markdown
from tests.live_server import Site, serving

SPANS = {"24h": "24 hours", "30d": "30 days", "12m": "12 months"}
AIM_MS = 300
# In one process with the settings of the site; the session is what a login leaves.
_PREPARE = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from bench.filled import fill
call_command("migrate", verbosity=0)
fill({tenants}, {hours}, {requests})
user = User.objects.create_superuser("bench")
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session.create()
print(session.session_key)
"""


def measured(url: str, session: str, times: int) -> dict[str, list[float]]:
    """Milliseconds of each span, in turn, on one kept-alive connection; the first round is not counted."""
    client = requests.Session()
    client.cookies["sessionid"] = session
    found: dict[str, list[float]] = {span: [] for span in SPANS}
    for _ in range(times + 1):
        for span in SPANS:
            began = time.perf_counter()
            page = client.get(f"{url}/admin/?span={span}", timeout=60)
            found[span].append((time.perf_counter() - began) * 1000)
            if page.status_code != 200 or "sku-dashboard" not in page.text:
                raise RuntimeError(f"The dashboard answered {page.status_code} at {page.url}.")
    return {span: took[1:] for span, took in found.items()}


def main(database: str, tenants: int, hours: int, records: int, times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), {"DATABASE_URL": database} if database else {})
        prepare = _PREPARE.format(tenants=tenants, hours=hours, requests=records)
        session = site.manage("shell", "--no-imports", "-c", prepare, timeout=3600).splitlines()[-1]
        with serving(site, app="bench.stub_wsgi:application") as url:
            found = measured(url, session, times)
    kind = "PostgreSQL" if database else "SQLite"
    rows = [
        (kind, SPANS[span], f"{statistics.median(took):.0f} ms", f"{max(took):.0f} ms", f"{AIM_MS} ms")
        for span, took in found.items()
    ]
    print(f"{tenants * hours:,} rows of usage per hour, {records:,} requests; {times} times each")
    print(markdown(("database", "span", "median", "slowest", "aim"), rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.dashboard", description=__doc__)
    parser.add_argument("--database", default="", help="the URL of an empty PostgreSQL database")
    parser.add_argument("--tenants", type=int, default=115)
    parser.add_argument("--hours", type=int, default=8_760)
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=30)
    given = parser.parse_args()
    main(given.database, given.tenants, given.hours, given.requests, given.times)
