"""manage.py publish_release FOLDER|CATEGORY/BRAND@VERSION [--draft | --activate [--reason TEXT]] [--json]"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modelstore.errors import PublishRefused
from modelstore.models import Release
from modelstore.promotion import promote
from modelstore.proving import prove
from modelstore.publishing import publish, publish_draft


class Command(BaseCommand):
    help = "Publish a bundle folder (manifest.json and its files) as the next version of its category and brand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("bundle", help="a bundle folder; or a draft that is there, as CATEGORY/BRAND@VERSION")
        further = parser.add_mutually_exclusive_group()
        further.add_argument("--draft", action="store_true", help="keep it for now: a draft cannot be activated")
        further.add_argument("--activate", action="store_true", help="let it answer from the next request on")
        parser.add_argument("--reason", default="", metavar="TEXT", help="why it shall answer, whatever the gate says")
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            release = _published(options["bundle"], options["draft"])
            if options["activate"]:
                promote(release, prove, reason=options["reason"])
        except PublishRefused as error:
            raise CommandError(str(error)) from error
        answer = {"release": str(release), "status": release.status, "digest": release.digest}
        self.stdout.write(json.dumps(answer) if options["json"] else f"{release} is {_told(release)}.")


def _published(bundle: str, draft: bool) -> Release:
    """What is no name of a release is a folder. Raises PublishRefused."""
    try:
        release = Release.called(bundle)
    except Release.DoesNotExist:
        return publish(Path(bundle), draft)
    if not draft:
        publish_draft(release)
    return release


def _told(release: Release) -> str:
    return "a draft" if release.status == Release.Status.DRAFT else release.status
