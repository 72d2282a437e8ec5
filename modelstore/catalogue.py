"""What a tenant may ask for, and which release answers."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple, Protocol

from django.db.models import Q, QuerySet

from database.prepared import Prepared
from inference.manifest import Manifest, ModelSet, loads
from modelstore import names, signatures, slugs
from modelstore.audit import ENGINE, note_refusal
from modelstore.errors import ModelNotFound, VersionNotFound
from modelstore.models import ModelLine, Release, release_name


class ModelUser(Protocol):
    """The side of a tenant this app sees: whether it is held to certain lines, and to which."""

    @property
    def restrict_models(self) -> bool: ...

    @property
    def pk(self) -> int: ...


_HIGHEST_VERSION = 2**31 - 1
"""That the database can hold."""


class Watch(NamedTuple):
    """The primary key of a canary, and how many per cent of the requests its candidate reads as well."""

    canary: int
    share: int


def model_set_for(user: ModelUser, category: str, brand: str, pins: Sequence[int] = ()) -> ModelSet:
    """The release that answers for a category and brand, compared without regard to case: the active one.

    pins: primary keys of releases that answer in place of the active one of their line, the strongest first.
    Raises ModelNotFound in the same words whether it does not exist or is not this tenant's.
    """
    return answering_for(user, category, brand, pins)[0]


def answering_for(
    user: ModelUser, category: str, brand: str, pins: Sequence[int] = ()
) -> tuple[ModelSet, Watch | None]:
    """As `model_set_for`, with the canary that watches the release that answers; no query more either way."""
    row = _answering_row(user, category, brand, pins) if names.storable(category + brand) else None
    if row is None:
        raise ModelNotFound(names.shown(category), names.shown(brand))
    models = ModelSet(release_name(row.category, row.brand, row.version), row.digest, _manifest(row.digest))
    return models, None if row.canary is None else Watch(row.canary, row.share)


class _Row(NamedTuple):
    release: int
    digest: str
    version: int
    category: str
    brand: str
    canary: int | None
    share: int


# In the order of _Row.
_VALUES = ("pk", "digest", "version", "line__category", "line__brand", "canary__pk", "canary__share")


def _answering_row(user: ModelUser, category: str, brand: str, pins: Sequence[int]) -> _Row | None:
    """Plain values: building model instances takes most of this query's time. Pins are rare, and differ in number."""
    category, brand = names.key(category), names.key(brand)
    if pins:
        rows = list(_of_line(_eligible(user, pins), category, brand))
    else:
        tenant = {"tenant": user.pk} if user.restrict_models else {}
        rows = _active_row(user.restrict_models).rows(category=category, brand=brand, **tenant)
    return min((_Row(*row) for row in rows), key=lambda row: _rank(row.release, pins), default=None)


def _of_line(releases: "QuerySet[Release]", category: str, brand: str) -> "QuerySet[Release, Any]":
    wanted = Q(line__category_key=category, line__brand_key=brand)
    return releases.filter(wanted).order_by().values_list(*_VALUES)


@cache
def _active_row(restricted: bool) -> Prepared:
    """Of every prediction, so written once."""

    def write(category: str, brand: str, tenant: int = 0) -> "QuerySet[Release, Any]":
        return _of_line(_eligible(_User(tenant, restricted), ()), category, brand)

    return Prepared(write, category="category", brand="brand", **({"tenant": -1} if restricted else {}))


class _User(NamedTuple):
    pk: int
    restrict_models: bool


def answering_releases(user: ModelUser, pins: Sequence[int] = ()) -> list[Release]:
    """The release of every line this tenant may use, pinned or else active, without the manifests."""
    chosen: dict[int, Release] = {}
    for release in sorted(_eligible(user, pins), key=lambda release: _rank(release.pk, pins)):
        chosen.setdefault(release.line_id, release)
    return sorted(chosen.values(), key=lambda release: (release.line.category, release.line.brand))


def answering_classifiers(user: ModelUser) -> list[Release]:
    """The active release of every line of whole pictures that this tenant may use, without the manifests."""
    releases = Release.objects.filter(status=Release.Status.ACTIVE, line__kind=ModelLine.Kind.WHOLE_IMAGE)
    return list(_allowed(releases.select_related("line").defer("manifest"), user).order_by("line__slug"))


def _eligible(user: ModelUser, pins: Sequence[int]) -> "QuerySet[Release]":
    """Active or pinned, on a line of shelves this tenant may use. A draft answers nobody, whatever is pinned."""
    answering = Q(status=Release.Status.ACTIVE)
    if pins:
        answering |= Q(pk__in=pins) & ~Q(status=Release.Status.DRAFT)
    releases = Release.objects.filter(answering, line__kind=ModelLine.Kind.SHELF)
    return _allowed(releases.select_related("line").defer("manifest"), user)


def _allowed(releases: "QuerySet[Release]", user: ModelUser) -> "QuerySet[Release]":
    if user.restrict_models:
        releases = releases.filter(line__in=ModelLine.objects.filter(tenants=user.pk))
    return releases


def release_at(user: ModelUser, slug: str, version: int) -> ModelSet:
    """The release with that version on the line with that slug, whatever is active: any but a draft, of any kind.

    Raises ModelNotFound in the same words whether it does not exist or is not this tenant's.
    """
    rows = []
    if slugs.SLUG.fullmatch(slug) and 0 < version <= _HIGHEST_VERSION:
        tenant = {"tenant": user.pk} if user.restrict_models else {}
        rows = _release_row(user.restrict_models).rows(slug=slug, version=version, **tenant)
    if not rows:
        raise VersionNotFound(slug, version)
    digest, category, brand = rows[0]
    return ModelSet(release_name(category, brand, version), digest, _manifest(digest))


@cache
def _release_row(restricted: bool) -> Prepared:
    """Likewise written once."""

    def write(slug: str, version: int, tenant: int = 0) -> "QuerySet[Release, Any]":
        numbered = Release.objects.filter(line__slug=slug, version=version).exclude(status=Release.Status.DRAFT)
        values = ("digest", "line__category", "line__brand")
        return _allowed(numbered, _User(tenant, restricted)).order_by().values_list(*values)

    return Prepared(write, slug="slug", version=_HIGHEST_VERSION, **({"tenant": -1} if restricted else {}))


def _rank(release: int, pins: Sequence[int]) -> int:
    """The first pin wins; the active release comes last."""
    return pins.index(release) if release in pins else len(pins)


def fallback_for(models: ModelSet, reason: str, tried: Iterable[str] = ()) -> ModelSet | None:
    """The release that served before a refused one; notes the reason where staff see it.

    tried: digests of those that were refused before it, for the same request.
    """
    earlier = note_refused(models, reason).earlier(tried)
    return model_set(earlier) if earlier else None


def note_refused(models: ModelSet, reason: str) -> Release:
    """That the engine refuses a release, where staff see it."""
    release = Release.objects.select_related("line").defer("manifest").get(digest=models.digest)
    note_refusal(release, reason, ENGINE)
    return release


def model_set(release: Release) -> ModelSet:
    """Manifests are immutable, so each is read from the database and parsed once per process."""
    return ModelSet(str(release), release.digest, _manifest(release.digest))


def model_set_of(name: str, digest: str) -> ModelSet:
    """As `model_set`, of a release that another process has chosen; no query once its manifest has been read."""
    return ModelSet(name, digest, _manifest(digest))


@lru_cache(maxsize=4096)
def _manifest(digest: str) -> Manifest:
    stored = Release.objects.filter(digest=digest).values_list("manifest", flat=True)[:1]
    return loads(stored[0].encode())


def check_signed(models: ModelSet) -> None:
    """Raises ReleaseRefused for a release without the signature that this installation demands."""
    if signatures.demanded():
        _check_signed(models.digest)


@lru_cache(maxsize=4096)
def _check_signed(digest: str) -> None:
    """Manifests and signatures do not change: a sound one is checked once per process."""
    stored = Release.objects.filter(digest=digest).values_list("signature", flat=True)[:1]
    signatures.check(_manifest(digest).digest(), stored[0])


def label_names(releases: Iterable[Release]) -> dict[int, list[str]]:
    """The SKUs, or classes, of each release, by its primary key."""
    return {release.pk: [label.name for label in _manifest(release.digest).labels] for release in releases}
