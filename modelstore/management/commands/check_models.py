"""manage.py check_models [--json]: the doctor."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.errors import ReleaseRefused
from inference.manifest import loads
from modelstore.audit import note_refusal
from modelstore.models import Release
from modelstore.proving import prove


class Command(BaseCommand):
    help = "Load every active release: files, digests, golden answers. Exits 1 when one is not sound."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        active = Release.objects.filter(status=Release.Status.ACTIVE).select_related("line")
        rows = [_examined(release) for release in active]
        if options["json"]:
            self.stdout.write(json.dumps({"models": rows}))
        else:
            for row in rows:
                self.stdout.write(f"{row['release']:40} {row['seconds']:6.2f} s  {row['problem'] or 'sound'}")
        if any(row["problem"] for row in rows):
            raise CommandError("At least one active release is not sound: publish it again, or activate another.")


def _examined(release: Release) -> dict[str, Any]:
    start, problem = time.perf_counter(), ""
    try:
        prove(loads(release.manifest.encode()))
    except ReleaseRefused as error:
        problem = str(error)
    note_refusal(release, problem)
    return {"release": str(release), "seconds": round(time.perf_counter() - start, 3), "problem": problem}
