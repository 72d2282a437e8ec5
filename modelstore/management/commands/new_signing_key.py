"""manage.py new_signing_key"""

from typing import Any

from django.core.management.base import BaseCommand

from modelstore.signatures import new_key


class Command(BaseCommand):
    help = "Print a new pair of keys for signing releases. Nothing is written anywhere."

    def handle(self, *args: Any, **options: Any) -> None:
        private, public = new_key()
        self.stdout.write("# On the installation that releases, in .env; then manage.py sign_releases once:")
        self.stdout.write(f"RELEASE_SIGNING_KEY={private}")
        self.stdout.write("# On every other that shall take its bundles; several keys with commas between them:")
        self.stdout.write(f"RELEASE_TRUSTED_KEYS={public}")
