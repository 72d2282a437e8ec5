"""manage.py sign_releases [RELEASE ...] [--json]"""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inference.errors import ReleaseRefused
from modelstore import signatures
from modelstore.models import Release
from modelstore.publishing import sign_release

_NONE = "Every release carries a signature that is trusted here."


class Command(BaseCommand):
    help = "Sign releases that carry no signature trusted here, with RELEASE_SIGNING_KEY: all of them, or those named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("releases", nargs="*", metavar="RELEASE", help="CATEGORY/BRAND@VERSION")
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.RELEASE_SIGNING_KEY:
            raise CommandError("RELEASE_SIGNING_KEY is not set. manage.py new_signing_key makes one.")
        signed = [release for release in _meant(options["releases"]) if _unsigned(release)]
        for release in signed:
            sign_release(release)
        told = "\n".join(f"{release} is signed." for release in signed)
        answer = {"signed": [str(release) for release in signed]}
        self.stdout.write(json.dumps(answer) if options["json"] else told or _NONE)


def _meant(names: list[str]) -> list[Release]:
    try:
        return [Release.called(name) for name in names] or list(Release.objects.select_related("line"))
    except Release.DoesNotExist as error:
        raise CommandError(str(error)) from error


def _unsigned(release: Release) -> bool:
    try:
        signatures.check(release.digest, release.signature)
    except ReleaseRefused:
        return True
    return False
