"""manage.py import_detector FILE --name NAME [--photo PHOTO] [--json]"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.importing.errors import ImportRefused
from modelstore.detectors import REFERENCE_PHOTO, import_detector
from modelstore.models import Detector


class Command(BaseCommand):
    help = "Convert a YOLOv8 detector (ultralytics' .pt, or its ONNX export) and keep it for any brand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="best.pt, or best.onnx exported from it")
        parser.add_argument("--name", required=True, help="what train_release --detector will call it")
        parser.add_argument(
            "--photo", type=Path, default=REFERENCE_PHOTO, help="a photo on which it finds products, to prove it with"
        )
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            detector = import_detector(options["file"], options["name"], options["photo"])
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        self._warn(detector)
        answer = {"detector": detector.name}
        self.stdout.write(json.dumps(answer) if options["json"] else f"{detector} can serve any brand.")

    def _warn(self, detector: Detector) -> None:
        """A network of everyday objects would find people and bottles, and few products."""
        if "," in detector.classes:
            self.stderr.write(f"Everything it was trained to tell apart counts as a product: {detector.classes[:200]}.")
