"""The demo: a tenant, two keys, an admin and the demo's releases, made once and shown again.

The demo's own keys are the only ones ever kept: in a file that only its owner can read.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model

from inference.manifest import Task, loads
from modelstore.models import Release
from modelstore.proving import prove
from modelstore.publishing import activate, publish
from modelstore.slugs import CLASSIFICATION
from tenants import keys
from tenants.errors import KeyUnknown
from tenants.models import ApiKey, Tenant

BUNDLES = settings.BASE_DIR / "demo" / "bundles"
PHOTO = settings.BASE_DIR / "demo" / "photos" / "shelf.jpg"
CATEGORY, BRAND = "DRINKS", "JORDINA"
QUOTA = 1_000_000
ADMIN = "demo-admin"  # its password is set anew with the keys: it must be nobody else


@dataclass(frozen=True)
class Demo:
    """What a newcomer needs to try the service."""

    api_key: str
    api_key_v1: str
    admin_user: str
    admin_password: str
    category: str = CATEGORY
    brand: str = BRAND
    image: str = str(PHOTO)


def seed() -> Demo:
    """Make what is missing; what is there already stays as it is."""
    for manifest in sorted(BUNDLES.glob("*/manifest.json")):
        _publish_once(manifest.parent)
    demo = _remembered() or _made()
    _remember(demo)
    return demo


def _publish_once(bundle: Path) -> None:
    """A bundle that is new here is activated; one that staff have since replaced is left alone."""
    release = publish(bundle)
    if release.activated_at is None:
        activate(release, prove, reason="The demo's own release.")


def _remembered() -> Demo | None:
    """The secrets of the file, if this database still accepts its keys; the rest is as this checkout has it."""
    try:
        kept = json.loads(settings.DEMO_SECRETS_FILE.read_text())
        demo = Demo(*(kept[name] for name in ("api_key", "api_key_v1", "admin_user", "admin_password")))
        for key in (keys.prove(demo.api_key), keys.prove(demo.api_key_v1)):
            if key.state != ApiKey.State.ACTIVE:
                return None
    except (OSError, ValueError, TypeError, LookupError, KeyUnknown):
        return None
    return demo


def _made() -> Demo:
    tenant, _ = Tenant.objects.get_or_create(
        slug="demo",
        defaults={
            "name": "Demo",
            "monthly_quota": QUOTA,
            "burst_limit_per_minute": 0,
            "allowed_origins": "*",
            "contact_email": "demo@localhost.localdomain",
        },
    )
    _, current = keys.issue(tenant, label="demo", burst_limit_per_minute=0)
    _, pinned = keys.issue(tenant, label="demo, version 1.0", burst_limit_per_minute=0, api_version="1.0")
    return Demo(current, pinned, ADMIN, _admin_password())


def _admin_password() -> str:
    """A fresh password for the demo's own administrator."""
    password = secrets.token_urlsafe(12)
    user, _ = get_user_model().objects.get_or_create(username=ADMIN, defaults={"is_staff": True, "is_superuser": True})
    user.set_password(password)
    user.save()
    return password


def _remember(demo: Demo) -> None:
    """Readable by its owner from the first byte on."""
    path = settings.DEMO_SECRETS_FILE
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(demo), file)
    partial.replace(path)


def classifiers() -> dict[Task, str]:
    """The demo's classifiers of whole pictures, as SLUG/VERSION."""
    found: dict[Task, str] = {}
    for path in sorted(BUNDLES.glob("*/manifest.json")):
        manifest = loads(path.read_bytes())
        if manifest.category == CLASSIFICATION:
            release = Release.objects.select_related("line").get(digest=manifest.digest())
            found[manifest.task] = f"{release.line.slug}/{release.version}"
    return found


def active_release() -> str:
    release = Release.objects.filter(status=Release.Status.ACTIVE, line__category=CATEGORY, line__brand=BRAND).first()
    return str(release or "")
