"""manage.py train_classifier SLUG --photos FOLDER [--multilabel TABLE] [--like RELEASE] [--draft] [--json]"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modelstore.errors import PublishRefused, TrainingRefused
from modelstore.models import Release
from modelstore.promotion import OVERRIDE


class Command(BaseCommand):
    help = (
        "Train a classifier of whole pictures and publish it as the next version of CLASSIFICATION/SLUG: from a folder "
        "of photos for each class or, with a table of tags, for any number of them on a picture."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="its name in addresses, as SLUG/VERSION: letters a to z, digits, hyphens")
        parser.add_argument("--photos", type=Path, required=True, help="folder with a folder of photos for each class")
        parser.add_argument(
            "--multilabel", type=Path, metavar="TABLE",
            help="CSV with a column `filename` and one of 0 and 1 for each tag; --photos then holds the photos",
        )  # fmt: skip
        parser.add_argument("--like", metavar="RELEASE", help="release whose encoders are used")
        parser.add_argument("--draft", action="store_true", help="do not publish it yet")
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        from modelstore.training.train_pictures import PictureOrder, train_pictures  # torch only loads where needed

        order = PictureOrder(*(options[name] for name in ("slug", "photos", "multilabel", "like", "draft")))
        try:
            release, trained = train_pictures(order, progress=True)
        except (TrainingRefused, PublishRefused) as error:
            raise CommandError(str(error)) from error
        answer = {"release": str(release), "model": f"{release.line.slug}/{release.version}"}
        told = answer | {"metrics": trained.metrics}
        self.stdout.write(json.dumps(told) if options["json"] else _told(release, answer["model"], trained.metrics))


def _told(release: Release, model: str, metrics: dict[str, float | int]) -> str:
    lines = [f"{name:26} {value}" for name, value in metrics.items()]
    if release.status == Release.Status.DRAFT:
        said = f"{release} is a draft, and answers nobody: manage.py publish_release '{release}' publishes it."
    else:
        said = f"{release} is {release.status}, and answers as {model} from now on."
    return "\n".join([*lines, said, _gate(release)])


def _gate(release: Release) -> str:
    """What activating it will say: asked now, while whoever trained it is there."""
    from modelstore.evaluation.gate import judge

    verdict = judge(release, release.line.active())
    return verdict.words if verdict.passed else f"{verdict.words} {OVERRIDE}"
