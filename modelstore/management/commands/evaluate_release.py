"""manage.py evaluate_release CATEGORY/BRAND@VERSION [--photos FOLDER] [--shelves LABELS] [...] [--json]"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from modelstore.errors import EvaluationRefused, TrainingRefused
from modelstore.models import Release

if TYPE_CHECKING:
    from modelstore.evaluation.asked import Asked


class Command(BaseCommand):
    help = (
        "Ask a release about labelled photos that it did not learn from, and keep the report. Without photos: about "
        "those that releases of its line were asked about before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("release", help="CATEGORY/BRAND@VERSION")
        parser.add_argument("--photos", type=Path, help="folder with a folder of photos for each SKU or class")
        parser.add_argument("--shelves", type=Path, help="shelf photos with boxes: a COCO file, or a YOLO folder")
        parser.add_argument("--multilabel", type=Path, metavar="TABLE", help="CSV with the tags of the photos")
        parser.add_argument("--negatives", type=Path, help="folder with photos of products that are none of them")
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        from modelstore.evaluation.evaluate import evaluate  # torch only loads where a model is really needed

        try:
            release = Release.called(options["release"])
            asked = _asked(release, options)
            report = evaluate(release, asked, progress=True)
        except Release.DoesNotExist as error:
            raise CommandError(f"There is no release {options['release']}. See manage.py list_releases.") from error
        except (EvaluationRefused, TrainingRefused) as error:
            raise CommandError(str(error)) from error
        answer = {"release": str(release), "metrics": report.metrics}
        told = "\n".join(f"{name:26} {value}" for name, value in report.metrics.items())
        self.stdout.write(json.dumps(answer) if options["json"] else told)


def _asked(release: Release, options: dict[str, Any]) -> "Asked":
    """Raises TrainingRefused, EvaluationRefused."""
    from modelstore.evaluation.asked import from_classes, from_folders, from_table
    from modelstore.evaluation.evaluate import kept_photos

    given = [options[name] for name in ("photos", "negatives", "shelves")]
    if release.line.classifies and options["photos"] and not any((*given[1:], options["multilabel"])):
        return from_classes(options["photos"])
    if options["multilabel"] is None:
        return from_folders(*given) if any(given) else kept_photos(release)
    if not options["photos"] or any(given[1:]):
        raise EvaluationRefused("--multilabel TABLE goes with --photos FOLDER, and nothing else: give both.")
    return from_table(options["photos"], options["multilabel"])
