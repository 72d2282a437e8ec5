"""manage.py activate_release CATEGORY/BRAND@VERSION [--reason TEXT] [--json]"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modelstore.errors import PublishRefused
from modelstore.models import Release
from modelstore.promotion import promote
from modelstore.proving import prove


class Command(BaseCommand):
    help = (
        "Let a published or retired release answer from the next request on, once it proves sound, and not worse than "
        "the active one on the same photos."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("release", help="CATEGORY/BRAND@VERSION")
        parser.add_argument(
            "--reason",
            default="",
            metavar="TEXT",
            help="why; also lets one answer that is worse, or cannot be compared",
        )
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            release = Release.called(options["release"])
            verdict = promote(release, prove, reason=options["reason"])
        except Release.DoesNotExist as error:
            raise CommandError(f"There is no release {options['release']}. See manage.py list_releases.") from error
        except PublishRefused as error:
            raise CommandError(str(error)) from error
        answer = {"release": str(release), "status": release.status}
        self.stdout.write(json.dumps(answer) if options["json"] else f"{release} is {release.status}. {verdict.words}")
