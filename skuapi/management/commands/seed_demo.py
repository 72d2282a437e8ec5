"""manage.py seed_demo [--json]"""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from skuapi import demo_tenant


class Command(BaseCommand):
    help = "Load the demo tenant, its keys and the demo models. Run again, it keeps data and keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        demo = demo_tenant.seed()
        models = demo_tenant.classifiers()
        if options["json"]:
            asked = {"roboflow_model": models["single_label"], "roboflow_multilabel_model": models["multi_label"]}
            self.stdout.write(json.dumps({**asdict(demo), "release": demo_tenant.active_release(), **asked}))
            return
        self.stdout.write(f"{demo_tenant.active_release()} is active.")
        self.stdout.write(f"Whole pictures are classified by {' and '.join(models.values())}.")
        self.stdout.write(f"DEMO_API_KEY={demo.api_key}")
