"""manage.py check_demo URL: one real prediction on the demo photo, through a running server."""

import base64
import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

PATIENCE = 120.0
PREDICT = "/api/v1/predict"


class Command(BaseCommand):
    help = "Predict the demo photo through a running server, and save the annotated picture."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="address of the server, such as http://127.0.0.1:8000")

    def handle(self, *args: Any, **options: Any) -> None:
        demo = json.loads(settings.DEMO_SECRETS_FILE.read_text())
        answer, seconds = predicted(options["url"], demo)
        picture = settings.DATA_DIR / "demo_annotated.jpg"
        picture.write_bytes(base64.b64decode(answer["annotated_image_base64"]))
        analysis = answer["analysis"]
        if not analysis["total"]:
            raise CommandError("Self-check: the demo photo was answered without one product. Run `make check-models`.")
        self.stdout.write(
            f"Self-check passed: {analysis['detected']} facings found, {analysis['total']} of them classified, "
            f"in {seconds:.1f} s with loading; "
            f"annotated picture in {picture}"
        )


def predicted(url: str, demo: dict[str, str]) -> tuple[dict[str, Any], float]:
    """The answer, and the seconds it took. Asks again while the server is starting or loading."""
    body, end = _body(demo), time.monotonic() + PATIENCE
    with requests.Session() as session:
        session.trust_env = False  # a proxy that leads out of this machine does not lead back to it
        while time.monotonic() < end:
            start = time.monotonic()
            try:
                response = session.post(url + PREDICT, json=body, headers={"X-API-Key": demo["api_key"]}, timeout=65)
            except requests.ConnectionError:
                time.sleep(0.2)
                continue
            if response.ok:
                return response.json(), time.monotonic() - start
            if "Retry-After" not in response.headers:
                raise CommandError(f"Self-check: the server answered {response.status_code}: {response.text[:300]}")
            time.sleep(1)
    raise CommandError(f"Self-check: the server did not predict within {PATIENCE:.0f} seconds.")


def _body(demo: dict[str, str]) -> dict[str, Any]:
    image = base64.b64encode(Path(demo["image"]).read_bytes()).decode()
    return {"image": image, "category": demo["category"], "brand": demo["brand"], "show_unknown": True}
