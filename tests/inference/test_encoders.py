"""DINOv2 and CLIP give what their own libraries give, from weights as they are published."""

from dataclasses import replace
from functools import reduce

import open_clip
import pytest
import torch
from torch.nn import functional
from transformers import Dinov2Config, Dinov2Model

from inference.bundle import REFERENCE
from inference.device import Placement
from inference.encoders import NO_TEXT, Encoder
from inference.errors import ReleaseRefused
from inference.hub import IMAGENET
from inference.manifest import EncoderSpec
from inference.weights import tensors
from tests.tiny_release import CLIP, DINO, encoders

DINO_SPEC = EncoderSpec("dinov2", "tiny", 56, *IMAGENET, "", "", config=dict(DINO))
CLIP_SPEC = EncoderSpec("open_clip", "tiny", 56, *IMAGENET, "", "", config=dict(CLIP))


@pytest.fixture
def crops() -> torch.Tensor:
    return torch.randint(0, 256, (5, 3, 56, 56), dtype=torch.uint8, generator=torch.Generator().manual_seed(3))


def normalised(crops: torch.Tensor) -> torch.Tensor:
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in IMAGENET)
    return (crops / 255 - mean) / std


@pytest.fixture
def dino() -> Dinov2Model:
    torch.manual_seed(11)
    return Dinov2Model(Dinov2Config(**DINO)).eval()


@pytest.fixture
def clip() -> open_clip.CLIP:
    torch.manual_seed(12)
    return open_clip.CLIP(**CLIP, text_cfg=NO_TEXT).eval()


@torch.inference_mode()
def test_dinov2_embeddings_are_those_of_transformers(dino: Dinov2Model, crops: torch.Tensor) -> None:
    expected = functional.normalize(dino(normalised(crops)).pooler_output, dim=1)
    answered = Encoder(DINO_SPEC, dino.state_dict(), REFERENCE).encode(crops)
    torch.testing.assert_close(answered, expected, atol=1e-5, rtol=0)


@torch.inference_mode()
@pytest.mark.parametrize("whole", [True, False], ids=["a whole CLIP", "an image tower"])
def test_clip_embeddings_are_those_of_open_clip(clip: open_clip.CLIP, crops: torch.Tensor, whole: bool) -> None:
    expected = functional.normalize(clip.encode_image(normalised(crops)), dim=1)
    weights = clip.state_dict() if whole else clip.visual.state_dict()
    answered = Encoder(CLIP_SPEC, weights, REFERENCE).encode(crops)
    torch.testing.assert_close(answered, expected, atol=1e-5, rtol=0)


def old_names(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """As the checkpoints on the hub name the tensors: transformers' own names have changed since."""
    renames = {
        "attention.q_proj": "attention.attention.query",
        "attention.k_proj": "attention.attention.key",
        "attention.v_proj": "attention.attention.value",
        "attention.o_proj": "attention.output.dense",
    }

    def old(name: str) -> str:
        return reduce(lambda text, new: text.replace(new, renames[new]), renames, name)

    return {old(name): tensor for name, tensor in weights.items()}


@torch.inference_mode()
def test_tensor_names_of_earlier_years_load_right(dino: Dinov2Model, crops: torch.Tensor) -> None:
    published = old_names(dino.state_dict())
    assert "encoder.layer.0.attention.attention.query.weight" in published
    answered = Encoder(DINO_SPEC, published, REFERENCE).encode(crops)
    torch.testing.assert_close(answered, Encoder(DINO_SPEC, dino.state_dict(), REFERENCE).encode(crops))


@pytest.mark.parametrize("network", encoders(), ids=["dinov2", "clip"])
def test_every_embedding_has_length_one(network: object, crops: torch.Tensor) -> None:
    encoder = Encoder(network.spec, tensors(network.weights), REFERENCE)  # type: ignore[attr-defined]
    torch.testing.assert_close(encoder.encode(crops).norm(dim=1), torch.ones(5))


@pytest.mark.parametrize(("network", "length"), [*zip(encoders(), [32, 16], strict=True)], ids=["dinov2", "clip"])
def test_no_crop_gives_no_embedding_of_the_right_length(network: object, length: int) -> None:
    encoder = Encoder(network.spec, tensors(network.weights), REFERENCE)  # type: ignore[attr-defined]
    assert encoder.encode(torch.zeros(0, 3, 56, 56, dtype=torch.uint8)).shape == (0, length)
    assert encoder.length == length


def test_many_crops_are_answered_as_each_alone(dino: Dinov2Model) -> None:
    many = torch.randint(0, 256, (70, 3, 56, 56), dtype=torch.uint8)  # more than one batch
    encoder = Encoder(DINO_SPEC, dino.state_dict(), REFERENCE)
    alone = torch.cat([encoder.encode(many[index : index + 1]) for index in (0, 63, 64, 69)])
    torch.testing.assert_close(encoder.encode(many)[[0, 63, 64, 69]], alone, atol=1e-5, rtol=0)


def test_half_precision_stays_close_to_float32(dino: Dinov2Model, crops: torch.Tensor) -> None:
    half = Encoder(DINO_SPEC, dino.state_dict(), Placement(torch.device("cpu"), torch.bfloat16)).encode(crops)
    full = Encoder(DINO_SPEC, dino.state_dict(), REFERENCE).encode(crops)
    assert half.dtype == torch.float32
    assert (half * full).sum(dim=1).min() > 0.99


@pytest.mark.parametrize("missing", ["embeddings.cls_token", "layernorm.weight"])
def test_a_missing_tensor_is_refused_instead_of_invented(dino: Dinov2Model, missing: str) -> None:
    weights = {name: tensor for name, tensor in dino.state_dict().items() if name != missing}
    with pytest.raises(ReleaseRefused, match="do not fit"):
        Encoder(DINO_SPEC, weights, REFERENCE)


def test_tensors_of_another_shape_are_refused(dino: Dinov2Model) -> None:
    with pytest.raises(ReleaseRefused, match="do not fit"):
        Encoder(replace(DINO_SPEC, config={**DINO, "hidden_size": 64}), dino.state_dict(), REFERENCE)


def test_a_clip_without_its_image_tower_is_refused(clip: open_clip.CLIP) -> None:
    text = {name: tensor for name, tensor in clip.state_dict().items() if not name.startswith("visual.")}
    with pytest.raises(ReleaseRefused, match="do not fit"):
        Encoder(CLIP_SPEC, text, REFERENCE)


def test_a_dinov2_config_says_nothing_but_its_shape(dino: Dinov2Model) -> None:
    """Other fields may name code that transformers would fetch and run."""
    with pytest.raises(ReleaseRefused):
        Encoder(
            replace(DINO_SPEC, config={**DINO, "_attn_implementation": "someone/kernels"}), dino.state_dict(), REFERENCE
        )


def test_an_architecture_that_open_clip_does_not_know_is_refused(clip: open_clip.CLIP) -> None:
    with pytest.raises(ReleaseRefused):
        Encoder(replace(CLIP_SPEC, name="ViT-Z-99", config={}), clip.state_dict(), REFERENCE)
