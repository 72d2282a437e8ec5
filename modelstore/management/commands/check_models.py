"""manage.py check_models [--json]: the doctor."""

import json
import time
from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from inference.errors import OutOfMemory, ReleaseRefused
from modelstore.audit import note_refusal
from modelstore.models import Release
from modelstore.proving import prove, signed_manifest

if TYPE_CHECKING:
    from inference.loading import LoadedRelease


class Command(BaseCommand):
    help = (
        "Load every release that is active or pinned: files, digests, signature where one is demanded, golden answers. "
        "Exits 1 when one is not sound."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        answering = Release.objects.filter(Q(status=Release.Status.ACTIVE) | Q(pins__isnull=False))
        rows = [_examined(release) for release in answering.select_related("line").distinct()]
        if options["json"]:
            self.stdout.write(json.dumps({"models": rows}))
        else:
            for row in rows:
                self.stdout.write(_told(row))
        if any(row["problem"] for row in rows):
            raise CommandError("At least one release is not sound: publish it again, or let another answer.")


def _examined(release: Release) -> dict[str, Any]:
    start, problem, is_known = time.perf_counter(), "", True
    found: dict[str, Any] = {"device": None, "shared_bytes": None, "own_bytes": None, "signed_by": None}
    try:
        manifest, signer = signed_manifest(release)
        found = _found(prove(manifest)) | {"signed_by": signer or None}
    except ReleaseRefused as error:
        problem = str(error)
    except OutOfMemory as error:
        problem, is_known = str(error), False
    if is_known:
        note_refusal(release, problem)
    seconds = round(time.perf_counter() - start, 3)
    return {"release": str(release), "seconds": seconds, **found, "problem": problem}


def _found(loaded: "LoadedRelease") -> dict[str, Any]:
    """Where it was loaded, and the memory that it takes there."""
    from inference.memory import memory_of

    memory, placement = memory_of(loaded), loaded.encoders[0].placement
    device = f"{placement.device} in {placement.precision}"
    return {"device": device, "shared_bytes": memory.shared, "own_bytes": memory.own}


def _told(row: dict[str, Any]) -> str:
    if row["problem"]:
        return f"{row['release']:40} {row['seconds']:6.2f} s  {row['problem']}"
    shared, own = row["shared_bytes"] / 2**20, row["own_bytes"] / 2**10
    memory = f"{shared:.1f} MiB that releases share and {own:.0f} KiB of its own"
    signed = f", signed by {row['signed_by']}" if row["signed_by"] else ""
    return f"{row['release']:40} {row['seconds']:6.2f} s  sound{signed}, on {row['device']}, {memory}"
