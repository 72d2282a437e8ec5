"""A new SKU's name and photos become a row: files first and the row last, so nothing half-stored is ever seen."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from database.queue import enqueue
from inference.manifest import loads
from modelstore import names
from modelstore.errors import OnboardingRefused, TrainingRefused
from modelstore.models import ModelLine, Onboarding, OnboardingPhoto
from modelstore.onboarding.photo_checks import NewPhoto
from modelstore.photo_store import photo_store
from modelstore.training.photo_folders import check_name

JOB = "modelstore.onboarding.jobs.advance"


def check_sku(line: ModelLine, sku: str) -> None:
    """Raises OnboardingRefused for a name that cannot be, or that the line has."""
    shown = names.shown(sku)
    try:
        check_name(shown)
    except TrainingRefused as error:
        raise OnboardingRefused(str(error)) from error
    taken = {names.key(known): known for known in answered(line)}
    if names.key(shown) in taken:
        raise OnboardingRefused(f"{line} has a SKU {taken[names.key(shown)]} already. Give the new one another name.")
    open_rows = line.onboardings.filter(sku_key=names.key(shown), state__in=Onboarding.OPEN)
    if open_rows.exists():
        raise OnboardingRefused(f"{shown} is being added to {line} already. Look at its page, or withdraw it there.")


def answered(line: ModelLine) -> list[str]:
    """The SKUs of the release that answers now. Raises OnboardingRefused when none does."""
    if line.classifies:
        raise OnboardingRefused(
            f"{line} classifies whole pictures, and has no SKUs. Add a class to its photos, and train it again: "
            "manage.py train_classifier."
        )
    active = line.releases.filter(status="active").first()
    if active is None:
        raise OnboardingRefused(
            f"No release of {line} is active, so there is none to add a SKU to. Activate one first."
        )
    return [label.name for label in loads(active.manifest.encode()).labels]


def take_in(line: ModelLine, sku: str, photos: Sequence[NewPhoto], who: str, as_large_as: str = "") -> Onboarding:
    """Keep the photos, and let a worker begin. Raises OnboardingRefused, and has kept nothing that shows then."""
    check_sku(line, sku)
    _check_owners(line, photos)
    try:
        for photo in photos:
            photo_store().write(photo.data)
    except OSError as error:
        raise OnboardingRefused(f"The photos cannot be kept: {error}. Make room, and try again.") from error
    try:
        return _added(line, names.shown(sku), photos, who, as_large_as)
    except IntegrityError as error:  # somebody else took the name in the meantime
        raise OnboardingRefused(f"{names.shown(sku)} is being added to {line} already.") from error


def _check_owners(line: ModelLine, photos: Sequence[NewPhoto]) -> None:
    """The same photo of two SKUs teaches the classifier to be wrong."""
    given = {photo.digest: photo.name for photo in photos}
    others = OnboardingPhoto.objects.filter(onboarding__line=line, digest__in=given)
    other = others.exclude(onboarding__state=Onboarding.State.WITHDRAWN).select_related("onboarding").first()
    if other:
        raise OnboardingRefused(f"{given[other.digest]} is a photo of {other.onboarding.sku} already. Take it out.")


@transaction.atomic
def _added(line: ModelLine, sku: str, photos: Sequence[NewPhoto], who: str, as_large_as: str) -> Onboarding:
    row = Onboarding.objects.create(line=line, sku=sku, sku_key=names.key(sku), who=who, as_large_as=as_large_as)
    for photo in photos:
        row.photos.create(digest=photo.digest, name=photo.name, warning=photo.warning)
    enqueue(JOB, row.pk)
    return row
