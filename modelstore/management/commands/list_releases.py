"""manage.py list_releases [--json]"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from modelstore.models import Release


class Command(BaseCommand):
    help = "Every release with its status and digest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        releases = Release.objects.select_related("line").defer("manifest")
        rows = [{"release": str(r), "status": r.status, "digest": r.digest, "refusal": r.refusal} for r in releases]
        if options["json"]:
            self.stdout.write(json.dumps({"releases": rows}))
            return
        for row in rows:
            self.stdout.write(f"{row['release']:40} {row['status']:10} {row['digest'][:12]} {row['refusal']}".rstrip())
        if not rows:
            self.stdout.write("No releases yet. Publish one: manage.py publish_release FOLDER --activate")
