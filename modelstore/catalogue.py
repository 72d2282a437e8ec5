"""What a tenant may ask for, and which release answers."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from django.db.models import Q, QuerySet

from inference.manifest import Manifest, ModelSet, loads
from modelstore import names
from modelstore.audit import ENGINE, note_refusal
from modelstore.errors import ModelNotFound
from modelstore.models import ModelLine, Release, release_name


class ModelUser(Protocol):
    """The side of a tenant this app sees: whether it is held to certain lines, and to which."""

    @property
    def restrict_models(self) -> bool: ...

    @property
    def pk(self) -> int: ...


def model_set_for(user: ModelUser, category: str, brand: str) -> ModelSet:
    """The active release for a category and brand, compared without regard to case.

    Raises ModelNotFound in the same words whether it does not exist or is not this tenant's.
    """
    row = _active_row(user, category, brand) if names.storable(category + brand) else None
    if row is None:
        raise ModelNotFound(names.shown(category), names.shown(brand))
    digest, version, shown_category, shown_brand = row
    return ModelSet(release_name(shown_category, shown_brand, version), digest, _manifest(digest))


def _active_row(user: ModelUser, category: str, brand: str) -> tuple[str, int, str, str] | None:
    """Digest, version, category, brand. Plain values: building model instances takes most of this query's time."""
    wanted = Q(line__category_key=names.key(category), line__brand_key=names.key(brand))
    rows = active_releases(user).filter(wanted).order_by()
    return next(iter(rows.values_list("digest", "version", "line__category", "line__brand")[:1]), None)


def active_releases(user: ModelUser) -> "QuerySet[Release]":
    """Every active release this tenant may use, without the manifests."""
    releases = Release.objects.filter(status=Release.Status.ACTIVE).select_related("line").defer("manifest")
    if user.restrict_models:
        releases = releases.filter(line__in=ModelLine.objects.filter(tenants=user.pk))
    return releases.order_by("line__category", "line__brand")


def fallback_for(models: ModelSet, reason: str, tried: Iterable[str] = ()) -> ModelSet | None:
    """The release that served before a refused one; notes the reason where staff see it.

    tried: digests of those that were refused before it, for the same request.
    """
    release = Release.objects.select_related("line").defer("manifest").get(digest=models.digest)
    note_refusal(release, reason, ENGINE)
    earlier = release.earlier(tried)
    return model_set(earlier) if earlier else None


def model_set(release: Release) -> ModelSet:
    """Manifests are immutable, so each is read from the database and parsed once per process."""
    return ModelSet(str(release), release.digest, _manifest(release.digest))


@lru_cache(maxsize=4096)
def _manifest(digest: str) -> Manifest:
    stored = Release.objects.filter(digest=digest).values_list("manifest", flat=True)[:1]
    return loads(stored[0].encode())


def sku_names(releases: Iterable[Release]) -> dict[int, list[str]]:
    """The SKUs of each release, by its primary key."""
    return {release.pk: [label.name for label in _manifest(release.digest).labels] for release in releases}
