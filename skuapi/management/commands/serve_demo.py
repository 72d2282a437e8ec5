"""manage.py serve_demo: what `make demo` runs."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from skuapi import demo_tenant
from skuapi.demo_tenant import Demo

BANNER = """
  SKU Detection Predict API

  Documentation   {base}/
  Browsable API   {base}/api/v1/predict   (log in with the key)
  Admin           {base}/admin/   {demo.admin_user} / {demo.admin_password}

DEMO_API_KEY={demo.api_key}

  Try it in another terminal:

curl -X POST {base}/api/v1/predict \\
  -H 'Content-Type: application/json' -H 'X-API-Key: {demo.api_key}' \\
  -d "{{\\"image\\": \\"$(base64 < {photo} | tr -d '\\n')\\", \\"category\\": \\"{demo.category}\\", \
\\"brand\\": \\"{demo.brand}\\", \\"return_annotated\\": false}}"

  Ctrl-C stops the server and the worker.
"""


class Command(BaseCommand):
    help = (
        "Seed the demo, serve it under gunicorn in the foreground with a worker beside it, and check it with one real "
        "prediction."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--replicas", type=int, default=0, help="compute in so many replicas on a local Ray cluster"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        self.stdout.write("Loading the demo tenant and models ...")
        self.stdout.flush()
        demo = demo_tenant.seed()
        base = f"http://127.0.0.1:{settings.PORT}"
        self.stdout.write(banner(base, demo))
        self.stdout.flush()
        parent = ["--parent", str(os.getpid())]
        beside = [["check_demo", base], ["keep_worker", *parent]]
        if options["replicas"]:
            count = str(options["replicas"])
            port = str(urlsplit(settings.ENGINE_URL).port)
            beside.append(["serve_on_ray", "--replicas", count, count, "--port", port, *parent])
        for command in beside:
            subprocess.Popen([sys.executable, "manage.py", *command], cwd=settings.BASE_DIR)
        os.chdir(settings.BASE_DIR)
        backend = "INFERENCE_BACKEND=ray" if options["replicas"] else f"INFERENCE_BACKEND={settings.INFERENCE_BACKEND}"
        server = [sys.executable, "-m", "gunicorn", "-c", "skuapi/gunicorn_conf.py", "skuapi.wsgi"]
        os.execv("/usr/bin/env", ["env", backend, *server])


def banner(base: str, demo: Demo) -> str:
    photo = demo_tenant.PHOTO.relative_to(settings.BASE_DIR)
    return BANNER.format(base=base, demo=demo, photo=photo)
