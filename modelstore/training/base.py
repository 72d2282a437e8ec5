"""The networks that a new release shares with those that are already there."""

from dataclasses import dataclass, replace

from django.conf import settings

from inference.bundle import Network
from inference.detector import Detector
from inference.errors import ReleaseRefused
from inference.file_store import verified
from inference.loading import LoadedRelease, Loader
from inference.manifest import EncoderSpec, Manifest, loads
from inference.weights import tensors
from modelstore import names
from modelstore.detectors import stored_network
from modelstore.errors import TrainingRefused
from modelstore.models import Detector as StoredDetector
from modelstore.models import ModelLine, Release
from modelstore.store import model_store


@dataclass(frozen=True)
class Base:
    """release: whose encoders are used; loaded: in memory; detector and encoders: as a bundle takes them."""

    release: Release
    loaded: LoadedRelease
    detector: Network
    encoders: tuple[Network, ...]

    @property
    def columns(self) -> dict[str, slice]:
        """The columns of each encoder's embedding, by the kind of encoder."""
        return self.loaded.columns_by_kind

    def with_detector(self, network: Network) -> "Base":
        """The same encoders, behind another detector."""
        found = Detector(network.spec, tensors(network.weights), self.loaded.detector.device)
        return replace(self, loaded=replace(self.loaded, detector=found), detector=network)


def base_for(category: str, brand: str, like: str | None, detector: str | None) -> Base:
    """Networks of the release called `like`, or of the one that answers for this category and brand, or of the one that
    was activated last, on a line of shelves if there is one.

    detector: the name of an imported one, or of a release whose detector is used.

    Raises TrainingRefused."""
    from inference.device import choose  # torch only loads where a model is really needed

    release = _named(like) if like else _likeliest(category, brand)
    manifest = loads(release.manifest.encode())
    try:
        own = _detector(detector, manifest)
        loader = Loader(model_store(), choose(settings.DEVICE, settings.PRECISION), settings.ENCODER_DIRS)
        loaded = loader.load(replace(manifest, detector=own.spec))  # the classifier learns from what it will be given
        return Base(release, loaded, own, tuple(map(_encoder, manifest.encoders)))
    except ReleaseRefused as error:
        raise TrainingRefused(f"The networks of {release} cannot be used: {error}") from error


def _likeliest(category: str, brand: str) -> Release:
    active = Release.objects.filter(status=Release.Status.ACTIVE).select_related("line")
    own = active.filter(line__category_key=names.key(category), line__brand_key=names.key(brand)).first()
    shelves = active.filter(line__kind=ModelLine.Kind.SHELF)  # their detectors are no bystanders
    found = own or shelves.order_by("-activated_at").first() or active.order_by("-activated_at").first()
    if found is None:
        raise TrainingRefused(
            "No release is active whose encoders could be used. Publish one, or name one with --like."
        )
    return found


def _named(name: str) -> Release:
    try:
        return Release.called(name)
    except Release.DoesNotExist as error:
        raise TrainingRefused(f"There is no release {name}. manage.py list_releases names them.") from error


def _detector(name: str | None, manifest: Manifest) -> Network:
    if name is None or "@" in name:
        spec = loads(_named(name).manifest.encode()).detector if name else manifest.detector
        return Network(spec, verified(model_store(), spec.weights), verified(model_store(), spec.golden))
    try:
        return stored_network(StoredDetector.called(name))
    except StoredDetector.DoesNotExist as error:
        raise TrainingRefused(str(error)) from error


def _encoder(spec: EncoderSpec) -> Network:
    """Weights that are not carried stay where they are looked for."""
    weights = verified(model_store(), spec.weights) if spec.carried else b""
    return Network(spec, weights, verified(model_store(), spec.golden))
