"""Encoders under their published names, laid out as the hub's own tools lay them out."""

import json
import shutil
from pathlib import Path

import open_clip
import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import save_file
from torch.nn import functional
from transformers import Dinov2Config, Dinov2Model

from inference import hub
from inference.bundle import REFERENCE, encoder_network
from inference.encoders import Encoder
from inference.errors import ReleaseRefused, WeightsMissing
from inference.file_store import FolderStore
from inference.hub import IMAGENET
from inference.loading import Loader
from inference.manifest import sha256
from inference.weights import tensors
from tests import tiny_release

DINO = "facebook/dinov2-small"
CLIP = ("ViT-B-32", "laion2b_s34b_b79k")
CLIP_REPOSITORY = "laion/CLIP-ViT-B-32-laion2B-s34B-b79K"
REVISION = "ed25f3a31f01632728cabb09d1542f84ab7b0056"


@pytest.fixture(autouse=True)
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache instead of the one of whoever runs the tests."""
    cache = tmp_path / "hub"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    return cache


def snapshot(cache: Path, repository: str) -> Path:
    """The folder that huggingface_hub keeps a repository's current files in."""
    entry = cache / f"models--{repository.replace('/', '--')}"
    (entry / "refs").mkdir(parents=True)
    (entry / "refs" / "main").write_text(REVISION)
    folder = entry / "snapshots" / REVISION
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def dino() -> Dinov2Model:
    torch.manual_seed(21)
    return Dinov2Model(Dinov2Config(**tiny_release.DINO)).eval()


@pytest.fixture
def small_clip(monkeypatch: pytest.MonkeyPatch) -> open_clip.CLIP:
    """A whole CLIP, text tower and all, in the name of ViT-B-32, whose real size would take minutes."""
    text = {"context_length": 4, "vocab_size": 16, "width": 16, "heads": 2, "layers": 1}
    config = {**tiny_release.CLIP, "text_cfg": text}
    monkeypatch.setitem(open_clip.factory._MODEL_CONFIGS, CLIP[0], config)
    torch.manual_seed(22)
    return open_clip.CLIP(**config).eval()


def crops() -> torch.Tensor:
    return torch.randint(0, 256, (3, 3, 56, 56), dtype=torch.uint8, generator=torch.Generator().manual_seed(5))


def test_dinov2_as_saved_by_transformers_is_found_in_a_given_folder(tmp_path: Path, dino: Dinov2Model) -> None:
    dino.save_pretrained(tmp_path / "encoders" / DINO)
    spec, data = hub.dinov2(DINO, [tmp_path / "encoders"], image_size=56)
    assert spec.weights == sha256(data)
    assert spec.config["hidden_size"] == 32


@torch.inference_mode()
def test_dinov2_from_the_hub_cache_answers_what_transformers_answers(hub_cache: Path, dino: Dinov2Model) -> None:
    dino.save_pretrained(snapshot(hub_cache, DINO))
    spec, data = hub.dinov2(DINO, image_size=56)
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in IMAGENET)
    expected = functional.normalize(dino((crops() / 255 - mean) / std).pooler_output, dim=1)
    torch.testing.assert_close(Encoder(spec, tensors(data), REFERENCE).encode(crops()), expected, atol=1e-5, rtol=0)


def test_a_given_folder_may_be_laid_out_as_a_hub_cache(tmp_path: Path, dino: Dinov2Model) -> None:
    dino.save_pretrained(snapshot(tmp_path / "mounted", DINO))
    _, data = hub.dinov2(DINO, [tmp_path / "mounted"])
    assert data


def test_a_given_folder_comes_before_the_hub_cache(tmp_path: Path, hub_cache: Path, dino: Dinov2Model) -> None:
    dino.save_pretrained(snapshot(hub_cache, DINO))
    dino.save_pretrained(tmp_path / DINO)
    (tmp_path / DINO / "model.safetensors").write_bytes(b"mine")
    _, data = hub.dinov2(DINO, [tmp_path])
    assert data == b"mine"


@torch.inference_mode()
def test_clip_from_a_whole_checkpoint_answers_what_open_clip_answers(
    hub_cache: Path, small_clip: open_clip.CLIP
) -> None:
    save_file(small_clip.state_dict(), snapshot(hub_cache, CLIP_REPOSITORY) / "open_clip_model.safetensors")
    spec, data = hub.clip(*CLIP)
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (spec.mean, spec.std))
    expected = functional.normalize(small_clip.encode_image((crops() / 255 - mean) / std), dim=1)
    torch.testing.assert_close(Encoder(spec, tensors(data), REFERENCE).encode(crops()), expected, atol=1e-5, rtol=0)


def test_clip_is_prepared_for_as_its_publisher_says(hub_cache: Path, small_clip: open_clip.CLIP) -> None:
    save_file(small_clip.state_dict(), snapshot(hub_cache, CLIP_REPOSITORY) / "open_clip_model.safetensors")
    spec, _ = hub.clip(*CLIP)
    assert spec.mean == pytest.approx((0.48145466, 0.4578275, 0.40821073))
    assert spec.image_size == 56


def test_the_activation_is_that_of_the_checkpoint(small_clip: open_clip.CLIP) -> None:
    """OpenAI's own weights want QuickGELU, which the architecture's name does not say."""
    spec = hub.EncoderSpec("open_clip", "ViT-B-32", 56, *IMAGENET, "", "", pretrained="openai")
    encoder = Encoder(spec, small_clip.visual.state_dict(), REFERENCE)
    kinds = {type(module).__name__ for module in encoder.network.modules()}
    assert "QuickGELU" in kinds


def test_weights_that_are_nowhere_are_missed_naming_every_place(tmp_path: Path, hub_cache: Path) -> None:
    with pytest.raises(WeightsMissing) as missed:
        hub.dinov2(DINO, [tmp_path / "one", tmp_path / "two"])
    for place in (tmp_path / "one" / DINO, tmp_path / "two" / DINO, hub_cache):
        assert str(place) in str(missed.value)


def test_a_checkpoint_that_is_a_pickle_alone_counts_as_missing(hub_cache: Path, dino: Dinov2Model) -> None:
    folder = snapshot(hub_cache, DINO)
    (folder / "config.json").write_text(json.dumps(tiny_release.DINO))
    torch.save(dino.state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(WeightsMissing):
        hub.dinov2(DINO)


def test_a_pretrained_tag_that_open_clip_does_not_know_is_missed() -> None:
    with pytest.raises(WeightsMissing, match="Check the two names"):
        hub.clip("ViT-B-32", "nobody")


def named_release(tmp_path: Path, dino: Dinov2Model) -> tuple[Loader, hub.EncoderSpec, Path]:
    """A loader over a bundle that carries only the golden answers of an encoder, and where its weights are."""
    home = tmp_path / "encoders"
    dino.save_pretrained(home / DINO)
    network = encoder_network(*hub.dinov2(DINO, [home], image_size=56), tiny_release._pixels(), tiny_release.BOXES)
    (tmp_path / f"{network.spec.golden}.safetensors").write_bytes(network.golden)
    return Loader(FolderStore(tmp_path), REFERENCE, [home]), network.spec, home / DINO / "model.safetensors"


def test_a_named_encoder_loads_and_reproduces_its_golden_answers(tmp_path: Path, dino: Dinov2Model) -> None:
    loader, spec, _ = named_release(tmp_path, dino)
    assert loader._encoder(spec, lambda size: None).length == 32


def test_another_checkpoint_under_the_same_name_is_refused(tmp_path: Path, dino: Dinov2Model) -> None:
    loader, spec, weights = named_release(tmp_path, dino)
    torch.manual_seed(99)
    Dinov2Model(Dinov2Config(**tiny_release.DINO)).save_pretrained(weights.parent)
    with pytest.raises(ReleaseRefused, match=r"not the one that the release was trained with"):
        loader._encoder(spec, lambda size: None)


def test_a_named_encoder_that_has_gone_is_missed(tmp_path: Path, dino: Dinov2Model) -> None:
    loader, spec, weights = named_release(tmp_path, dino)
    shutil.rmtree(weights.parent)
    with pytest.raises(WeightsMissing, match="nothing is downloaded while serving"):
        loader._encoder(spec, lambda size: None)
