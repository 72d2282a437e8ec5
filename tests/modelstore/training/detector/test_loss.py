"""What the network is told, and what it is not."""

import numpy as np
import torch
from torch import Tensor

from inference.bundle import Network
from inference.weights import tensors
from modelstore.training.detector.loop import trainable
from modelstore.training.detector.loss import ProductLoss
from modelstore.training.detector.pictures import Boxes, Sample, collated, no_boxes
from tests.modelstore.training.detector.drawn_shelves import CPU, many_classes, packs

PRODUCT = np.array([[16, 16, 56, 72]], np.float32)
ELSEWHERE = np.array([[64, 8, 120, 120]], np.float32)


def batch(boxes: Boxes = PRODUCT, spared: Boxes | None = None) -> dict[str, Tensor]:
    image = np.random.default_rng(0).integers(0, 255, (128, 128, 3)).astype(np.uint8)
    one = Sample(image, boxes, no_boxes() if spared is None else spared)
    found = collated([one, one])
    return {**found, "img": found["img"].float() / 255}


def loss(network: Network, given: dict[str, Tensor], ours: bool = True) -> Tensor:
    """Box, class and distribution loss."""
    made = trainable(network.spec.architecture, CPU)
    made.load_state_dict(tensors(network.weights))
    if ours:
        made.criterion = ProductLoss(made)
    return made.eval().loss(given)[0].detach()  # type: ignore[no-any-return]


def test_for_one_class_and_nothing_spared_it_is_the_loss_of_ultralytics() -> None:
    assert torch.allclose(loss(packs(128), batch()), loss(packs(128), batch(), ours=False))


def test_a_detector_of_many_classes_learns_one_product() -> None:
    assert torch.allclose(loss(many_classes(packs(128), 3), batch()), loss(packs(128), batch()), rtol=1e-3)


def test_nothing_is_said_of_a_spared_place() -> None:
    spared = loss(packs(128), batch(spared=ELSEWHERE))
    assert spared[1] < loss(packs(128), batch())[1]
    everywhere = np.array([[0, 0, 128, 128]], np.float32)
    silent = loss(packs(128), batch(no_boxes(), everywhere))
    assert silent.tolist() == [0, 0, 0]


def test_a_product_in_a_spared_place_is_learnt_all_the_same() -> None:
    around = np.array([[0, 0, 128, 128]], np.float32)
    assert loss(packs(128), batch(spared=around))[1] > 0


def test_a_spared_place_of_one_photo_is_not_spared_on_another() -> None:
    background = batch(no_boxes())
    half = {**background, "spared": torch.tensor([[1.0, 0, 0, 128, 128]])}
    assert torch.allclose(loss(packs(128), half)[1], loss(packs(128), background)[1] / 2)
