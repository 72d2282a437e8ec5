"""manage.py list_releases [--json]"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from modelstore.models import Canary, Release


class Command(BaseCommand):
    help = "Every release with status, digest and SLUG/VERSION, and which read beside the active one as a canary."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        releases = Release.objects.select_related("line").defer("manifest")
        canaries = {canary.candidate_id: _told(canary) for canary in Canary.objects.filter(ended_at=None)}
        rows = [_row(release, canaries.get(release.pk)) for release in releases]
        if options["json"]:
            self.stdout.write(json.dumps({"releases": rows}))
            return
        for row in rows:
            more = " ".join(filter(None, [_in_words(row["canary"]), row["refusal"]]))
            self.stdout.write(
                f"{row['release']:40} {row['status']:10} {row['digest'][:12]} {row['model']:30} {more}".rstrip()
            )
        if not rows:
            self.stdout.write("No releases yet. Publish one: manage.py publish_release FOLDER --activate")


def _row(release: Release, canary: dict[str, Any] | None) -> dict[str, Any]:
    row = {"release": str(release), "status": release.status, "digest": release.digest, "refusal": release.refusal}
    return {**row, "canary": canary, "model": f"{release.line.slug}/{release.version}", "kind": release.line.kind}


def _told(canary: Canary) -> dict[str, Any]:
    return {"share": canary.share, "paused": canary.paused}


def _in_words(canary: dict[str, Any] | None) -> str:
    if canary is None:
        return ""
    return "(canary, paused)" if canary["paused"] else f"(canary, {canary['share']} %)"
