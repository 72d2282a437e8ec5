"""manage.py check_models [--json]: the doctor."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from inference.errors import ReleaseRefused
from inference.manifest import loads
from modelstore.audit import note_refusal
from modelstore.models import Release
from modelstore.proving import prove


class Command(BaseCommand):
    help = "Load every release that is active or pinned: files, digests, golden answers. Exits 1 when one is not sound."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        answering = Release.objects.filter(Q(status=Release.Status.ACTIVE) | Q(pins__isnull=False))
        rows = [_examined(release) for release in answering.select_related("line").distinct()]
        if options["json"]:
            self.stdout.write(json.dumps({"models": rows}))
        else:
            for row in rows:
                self.stdout.write(f"{row['release']:40} {row['seconds']:6.2f} s  {row['problem'] or 'sound'}")
        if any(row["problem"] for row in rows):
            raise CommandError("At least one release is not sound: publish it again, or let another answer.")


def _examined(release: Release) -> dict[str, Any]:
    start, problem = time.perf_counter(), ""
    try:
        prove(loads(release.manifest.encode()))
    except ReleaseRefused as error:
        problem = str(error)
    note_refusal(release, problem)
    return {"release": str(release), "seconds": round(time.perf_counter() - start, 3), "problem": problem}
