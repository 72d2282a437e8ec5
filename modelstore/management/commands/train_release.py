"""manage.py train_release --category CATEGORY --brand BRAND --photos FOLDER [...] [--json]"""

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
        "Train the classifier of a brand from reference photos (a folder of photos for each SKU, named like it), from "
        "labelled shelf photos, or both, and publish it as the next version. It answers once it is activated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--category", required=True)
        parser.add_argument("--brand", required=True)
        parser.add_argument("--photos", type=Path, help="folder with a folder of photos for each SKU")
        parser.add_argument("--shelves", type=Path, help="shelf photos with boxes: a COCO file, or a YOLO folder")
        parser.add_argument("--negatives", type=Path, help="folder with photos of products that are none of them")
        parser.add_argument("--detector", help="name of an imported detector, or a release whose detector is used")
        parser.add_argument(
            "--fit-detector", action="store_true", help="fine-tune the detector on the boxes of the shelf photos"
        )
        parser.add_argument(
            "--detector-steps", type=int, metavar="N", help="for how long; by default six a photo, 60 to 3,000"
        )
        parser.add_argument(
            "--like", metavar="RELEASE", help="release whose encoders are used, instead of the active one"
        )
        parser.add_argument("--draft", action="store_true", help="do not publish it yet")
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        from modelstore.training.train import Order, train  # torch only loads where a model is really needed

        names = (
            "category", "brand", "photos", "shelves", "negatives", "detector", "fit_detector", "detector_steps", "like",
            "draft",
        )  # fmt: skip
        try:
            release, trained = train(Order(**{name: options[name] for name in names}), progress=True)
        except (TrainingRefused, PublishRefused) as error:
            raise CommandError(str(error)) from error
        answer = {"release": str(release), "metrics": trained.metrics}
        self.stdout.write(json.dumps(answer) if options["json"] else self._told(release, trained.metrics))

    def _told(self, release: Release, metrics: dict[str, float | int]) -> str:
        lines = [f"{name:26} {value}" for name, value in metrics.items()]
        return "\n".join([*lines, f"{release} is {release.status}, and answers once it is activated.", _gate(release)])


def _gate(release: Release) -> str:
    """What activating it will say: asked now, while whoever trained it is there."""
    from modelstore.evaluation.gate import judge

    verdict = judge(release, release.line.active())
    return verdict.words if verdict.passed else f"{verdict.words} {OVERRIDE}"
