"""Kills a change at every step it takes, each time from the same start, and tells what the next process finds.

Run in the environment of a site: reads {"start": FOLDER, "change": [command, argument, ...]} from stdin, where FOLDER
is a copy of the site's own. Prints a line of JSON for each step, and one for the change that nobody disturbed.
A step is what lasts: a statement of SQL that writes more than how far a job is, a commit, a file moved to its place.
What is killed before it only reads has left what the step before left. The signal is SIGKILL.
"""

import importlib
import io
import json
import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

import django

UNDISTURBED = 0
DULL = ("SELECT", "PRAGMA", "SAVEPOINT", "RELEASE", "BEGIN", 'UPDATE "modelstore_onboarding" SET "percent"')


def kill_before(number: int, told: int) -> None:
    """Before step `number` of this process, says to `told` what it would have been, and dies."""
    from django.db import connection

    steps, move, commit = count(1), Path.replace, connection.commit

    def step(what: str) -> None:
        if next(steps) == number:
            os.write(told, what.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def moving(self: Path, target: Path) -> Path:
        step("move a file")
        return move(self, target)

    def committing() -> None:
        step("COMMIT")
        commit()
        step("what follows COMMIT")

    def executing(execute: Any, sql: str, *rest: Any) -> Any:
        if not sql.startswith(DULL):
            step(" ".join(sql.replace('"', "").split()[:3]))
        return execute(sql, *rest)

    Path.replace, connection.commit = moving, committing  # type: ignore[method-assign, assignment]
    connection.execute_wrappers.append(executing)


def attempt(change: list[str], number: int) -> str:
    """In a process of its own: before which step it was killed; "" when it came to its end."""
    from django.core.management import call_command
    from django.db import connections

    connections.close_all()  # a child must not share its parent's
    hear, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            kill_before(number, told)
            call_command(*change, stdout=io.StringIO())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(told)
    with os.fdopen(hear) as said:
        what = said.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code == (-signal.SIGKILL if what else 0), (what, code)
    return what


def found() -> dict[str, Any]:
    """Every release with what the audit trail says of it; raises when the store lacks a file that one of them names."""
    from inference.file_store import verified
    from inference.manifest import loads
    from modelstore.models import Onboarding, Release
    from modelstore.store import model_store

    releases = Release.objects.select_related("line").order_by("version")
    for release in releases:
        for digest in loads(release.manifest.encode()).carried_files():
            verified(model_store(), digest)
    last = {str(release): release.events.values_list("kind", flat=True)[0] for release in releases}
    added = {row.sku: row.state for row in Onboarding.objects.all()}
    return {"status": {str(release): release.status for release in releases}, "told": last, "added": added}


def restore(start: Path, place: Path) -> None:
    """The database and the store as they were, without what a killed process has left."""
    shutil.rmtree(place)
    shutil.copytree(start, place)


def main(start: str, change: list[str]) -> None:
    from django.conf import settings

    for slow in ("modelstore.evaluation.gate", "modelstore.training.train", "modelstore.training.prototype"):
        importlib.import_module(slow)  # torch and scikit-learn: once, and not by every child
    for number in count(1):
        restore(Path(start), settings.DATA_DIR)
        killed_before = attempt(change, number)
        left = found()
        attempt(change, UNDISTURBED)
        print(json.dumps({"killed_before": killed_before, "left": left, "after_another_try": found()}), flush=True)
        if not killed_before:
            return


if __name__ == "__main__":
    django.setup()
    main(**json.load(sys.stdin))
