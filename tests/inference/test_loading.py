"""A release is loaded only if every file is the one it was made of and every network answers as it did then."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.bundle import Network
from inference.errors import OutOfMemory, ReleaseRefused, WeightsMissing
from inference.file_store import FolderStore
from inference.loading import embed
from inference.manifest import Manifest, sha256
from inference.weights import Array, arrays, packed, packed_tensors, tensors
from tests import tiny_release
from tests.inference.installed import SlowStore, bundle, loader


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    return bundle(tmp_path)


def put(folder: Path, data: bytes) -> str:
    (folder / f"{sha256(data)}.safetensors").write_bytes(data)
    return sha256(data)


def test_a_sound_release_loads(tmp_path: Path, manifest: Manifest) -> None:
    release = loader(tmp_path).load(manifest)
    assert [encoder.length for encoder in release.encoders] == [32, 16]


def test_releases_share_the_networks_they_have_in_common(tmp_path: Path, manifest: Manifest) -> None:
    shared = loader(tmp_path)
    first, second = shared.load(manifest), shared.load(bundle(tmp_path, "TWO", seed=2))
    assert first.detector is second.detector
    assert first.encoders == second.encoders
    assert not np.array_equal(first.head.weight, second.head.weight)


def test_a_second_brand_reads_nothing_but_its_head(tmp_path: Path, manifest: Manifest) -> None:
    store = SlowStore(FolderStore(tmp_path), 0, frozenset())
    shared, other = loader(store), bundle(tmp_path, "TWO", seed=2)
    first = shared.load(manifest)
    store.reads.clear()
    assert shared.load(other).detector is first.detector
    assert store.reads == [other.head.weights, other.head.golden]


def test_bundles_side_by_side_may_keep_their_networks_in_common(tmp_path: Path) -> None:
    manifests = [tiny_release.write(tmp_path / name, name, seed, share=True) for seed, name in enumerate("AB")]
    assert [len(list((tmp_path / name).iterdir())) for name in ("A", "B", "shared")] == [3, 3, 6]
    for name, written in zip("AB", manifests, strict=True):
        assert len(loader(tmp_path / name).load(written).head.weight) == 3


@pytest.mark.parametrize("index", range(8))
def test_any_damaged_file_is_refused(tmp_path: Path, manifest: Manifest, index: int) -> None:
    file = tmp_path / f"{manifest.carried_files()[index]}.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"\x55")
    with pytest.raises(ReleaseRefused, match="damaged"):
        loader(tmp_path).load(manifest)


def test_a_release_has_eight_files(manifest: Manifest) -> None:
    assert len(manifest.carried_files()) == 8


def other_head(folder: Path, manifest: Manifest, **changes: Array) -> Manifest:
    """The same release with other golden answers of its head, which are what their digest says."""
    named = arrays((folder / f"{manifest.head.golden}.safetensors").read_bytes())
    return replace(manifest, head=replace(manifest.head, golden=put(folder, packed({**named, **changes}))))


def test_a_head_that_answers_something_else_is_refused(tmp_path: Path, manifest: Manifest) -> None:
    wrong = other_head(tmp_path, manifest, probabilities=np.full((6, 3), 1 / 3, np.float32))
    with pytest.raises(ReleaseRefused, match="does not reproduce its golden answers"):
        loader(tmp_path).load(wrong)


def test_golden_answers_that_are_nan_are_refused(tmp_path: Path, manifest: Manifest) -> None:
    wrong = other_head(tmp_path, manifest, probabilities=np.full((6, 3), np.nan, np.float32))
    with pytest.raises(ReleaseRefused, match="does not reproduce"):
        loader(tmp_path).load(wrong)


def test_golden_answers_of_another_shape_are_refused(tmp_path: Path, manifest: Manifest) -> None:
    wrong = other_head(tmp_path, manifest, probabilities=np.full((6, 1), 1 / 3, np.float32))
    with pytest.raises(ReleaseRefused, match="does not reproduce"):
        loader(tmp_path).load(wrong)


def test_a_file_of_golden_answers_that_holds_something_else_is_refused(tmp_path: Path, manifest: Manifest) -> None:
    wrong = replace(manifest, head=replace(manifest.head, golden=manifest.head.weights))
    with pytest.raises(ReleaseRefused, match="holds no features"):
        loader(tmp_path).load(wrong)


def test_another_temperature_than_at_release_is_refused(tmp_path: Path, manifest: Manifest) -> None:
    with pytest.raises(ReleaseRefused, match="does not reproduce"):
        loader(tmp_path).load(replace(manifest, head=replace(manifest.head, temperature=3.0)))


def test_an_encoder_that_answers_something_else_is_refused(tmp_path: Path, manifest: Manifest) -> None:
    first, second = manifest.encoders
    named = tensors((tmp_path / f"{first.golden}.safetensors").read_bytes())
    golden = put(tmp_path, packed_tensors({**named, "embeddings": named["embeddings"].roll(1, dims=1)}))
    with pytest.raises(ReleaseRefused, match="does not reproduce its golden embeddings"):
        loader(tmp_path).load(replace(manifest, encoders=(replace(first, golden=golden), second)))


def test_a_detector_that_answers_something_else_is_refused(tmp_path: Path, manifest: Manifest) -> None:
    named = tensors((tmp_path / f"{manifest.detector.golden}.safetensors").read_bytes())
    moved = named["boxes"] + torch.tensor([30.0, 30, 30, 30, 0])
    golden = put(tmp_path, packed_tensors({**named, "boxes": moved}))
    with pytest.raises(ReleaseRefused, match="does not reproduce its golden boxes"):
        loader(tmp_path).load(replace(manifest, detector=replace(manifest.detector, golden=golden)))


def broken(network: Network) -> bytes:
    weights = tensors(network.weights)
    return packed_tensors({name: t * torch.nan if t.is_floating_point() else t for name, t in weights.items()})


def test_a_detector_of_nan_is_refused_while_loading(tmp_path: Path, manifest: Manifest) -> None:
    weights = put(tmp_path, broken(tiny_release.detector()))
    with pytest.raises(ReleaseRefused, match="numbers that are none"):
        loader(tmp_path).load(replace(manifest, detector=replace(manifest.detector, weights=weights)))


def test_an_encoder_of_nan_is_refused_while_loading(tmp_path: Path, manifest: Manifest) -> None:
    first, second = manifest.encoders
    weights = put(tmp_path, broken(tiny_release.encoders()[0]))
    with pytest.raises(ReleaseRefused, match="does not reproduce"):
        loader(tmp_path).load(replace(manifest, encoders=(replace(first, weights=weights), second)))


def test_a_head_of_other_encoders_is_refused(tmp_path: Path, manifest: Manifest) -> None:
    """Each file alone is sound; together they could only fail on every request."""
    with pytest.raises(ReleaseRefused, match="belong to different releases"):
        loader(tmp_path).load(replace(manifest, encoders=manifest.encoders[:1]))


def test_embeddings_of_all_encoders_stand_side_by_side(tmp_path: Path, manifest: Manifest) -> None:
    features = embed(loader(tmp_path).load(manifest), tiny_release._pixels(), tiny_release.BOXES)
    assert features.shape == (3, 48)
    torch.testing.assert_close(features.norm(dim=1), torch.full((3,), 2**0.5))


def test_no_box_gives_no_embedding(tmp_path: Path, manifest: Manifest) -> None:
    features = embed(loader(tmp_path).load(manifest), tiny_release._pixels(), torch.zeros(0, 4))
    assert features.shape == (0, 48)


def test_a_missing_file_is_told_apart_from_a_damaged_one(tmp_path: Path, manifest: Manifest) -> None:
    """It may come at any moment."""
    (tmp_path / f"{manifest.head.weights}.safetensors").unlink()
    with pytest.raises(WeightsMissing, match="is missing"):
        loader(tmp_path).load(manifest)


class FullMachine:
    """A store that cannot read for want of memory."""

    def read(self, digest: str) -> bytes:
        raise MemoryError


def test_a_machine_without_memory_for_the_files_refuses_no_release(manifest: Manifest) -> None:
    with pytest.raises(OutOfMemory):
        loader(FullMachine()).load(manifest)


def take_all_memory(*_: object, **__: object) -> None:
    torch.empty(1 << 60, dtype=torch.uint8)


@pytest.mark.parametrize(
    "step",
    [
        "inference.detector.DetectionModel",
        "torch.nn.Module.load_state_dict",
        "inference.encoders._dinov2",
        "inference.encoders._open_clip_image_tower",
        "inference.golden.check_encoder",
    ],
)
def test_a_network_for_which_there_is_no_memory_is_not_refused(
    tmp_path: Path, manifest: Manifest, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, take_all_memory)
    with pytest.raises(OutOfMemory):
        loader(tmp_path).load(manifest)
