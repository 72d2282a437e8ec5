"""What is computed together: the same as alone, and nobody suffers for another's photo."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from inference.encoders import Encoder
from inference.errors import EngineOffline, InvalidOutput, OutOfMemory
from inference.loading import embed
from inference.serving import batches
from inference.serving.batches import Part, alike, detected, embedded, is_lost_device
from inference.serving.work import Work
from tests.inference.serving.works import located, release, work


def whole(one: Work) -> Part:
    assert one.found is not None
    return Part(one, 0, len(one.found))


def alone(one: Work) -> np.ndarray[Any, Any]:
    assert one.found is not None
    return embed(one.release, one.pixels, one.found[:, :4]).numpy()


def test_boxes_of_a_batch_are_those_of_each_photo_alone() -> None:
    works = [work(seed=seed) for seed in range(3)]
    for one, found in zip(works, detected(works), strict=True):
        assert isinstance(found, torch.Tensor)
        torch.testing.assert_close(found, one.release.detector.detect(one.pixels, 0.25), rtol=0, atol=1e-3)


def test_embeddings_of_several_brands_in_one_batch_are_those_of_each_alone() -> None:
    works = [located(seed=seed, brand=seed) for seed in (1, 2, 3)]
    assert embedded([whole(one) for one in works]) == [None] * 3
    for one in works:
        np.testing.assert_allclose(one.features, alone(one), atol=1e-5)


def test_facings_of_several_brands_go_through_an_encoder_together(monkeypatch: pytest.MonkeyPatch) -> None:
    works = [located(brand=brand) for brand in (1, 2)]
    calls = counted(monkeypatch, works[0].release.encoders[0])
    embedded([whole(one) for one in works])
    assert calls == [sum(whole(one).length for one in works)]


def counted(monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> list[int]:
    calls: list[int] = []
    real = encoder.encode

    def encode(crops: torch.Tensor, batch: int = 64) -> torch.Tensor:
        calls.append(len(crops))
        return real(crops, batch)

    monkeypatch.setattr(encoder, "encode", encode)
    return calls


def test_part_of_a_photo_fills_its_rows_alone() -> None:
    one = located()
    embedded([Part(one, 2, 5)])
    np.testing.assert_allclose(one.features[2:5], alone(one)[2:5], atol=1e-5)
    assert not one.features[:2].any()
    assert not one.features[5:].any()


@pytest.mark.parametrize(("width", "fitting"), [(320, True), (640, False)])
def test_photos_of_another_shape_are_not_detected_together(width: int, fitting: bool) -> None:
    assert alike(work(), work(width=width)) is fitting


def failing_on(monkeypatch: pytest.MonkeyPatch, is_bad: Callable[[Any], bool], error: Exception) -> None:
    """The detector fails on every batch with a bad photo in it."""
    detector = release().detector
    real = detector.detect_batch

    def detect(images: Any, confidences: Any) -> Any:
        if any(map(is_bad, images)):
            raise error
        return real(images, confidences)

    monkeypatch.setattr(detector, "detect_batch", detect)


@pytest.mark.parametrize("error", [InvalidOutput("NaN"), RuntimeError("kernel"), ValueError("shape")])
def test_a_photo_on_which_the_detector_fails_spoils_no_other(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    works = [work(seed=seed) for seed in range(3)]
    failing_on(monkeypatch, lambda image: image is works[1].pixels, error)
    answers = detected(works)
    assert answers[1] is error
    assert [isinstance(answer, torch.Tensor) for answer in answers] == [True, False, True]


def limited(monkeypatch: pytest.MonkeyPatch, crops: int, error: Callable[[], Exception]) -> list[int]:
    """The first encoder has memory for so many crops at once."""
    encoder, calls = release().encoders[0], []
    real = encoder.encode

    def encode(given: torch.Tensor, batch: int = 64) -> torch.Tensor:
        calls.append(len(given))
        if len(given) > crops:
            raise error()
        return real(given, batch)

    monkeypatch.setattr(encoder, "encode", encode)
    return calls


def torch_says() -> Exception:
    return RuntimeError("[enforce fail at alloc_cpu.cpp:128] DefaultCPUAllocator: can't allocate memory: you tried")


@pytest.mark.parametrize("error", [MemoryError, torch.OutOfMemoryError, torch_says])
def test_a_batch_without_enough_memory_is_computed_in_pieces(
    monkeypatch: pytest.MonkeyPatch, error: Callable[[], Exception]
) -> None:
    works = [located(seed=seed) for seed in (1, 2)]
    limited(monkeypatch, max(whole(one).length for one in works), error)
    assert embedded([whole(one) for one in works]) == [None, None]
    for one in works:
        np.testing.assert_allclose(one.features, alone(one), atol=1e-5)


def test_a_photo_with_too_many_facings_for_the_memory_is_embedded_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    one = located()
    expected, count = alone(one), whole(one).length
    calls = limited(monkeypatch, (count + 1) // 2, torch.OutOfMemoryError)
    assert embedded([whole(one)]) == [None]
    assert calls == [count, count // 2, count - count // 2]
    np.testing.assert_allclose(one.features, expected, atol=1e-5)


def test_a_photo_that_does_not_even_fit_in_halves_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    large, small = located(), located()
    limited(monkeypatch, 2, torch.OutOfMemoryError)
    failure, none = embedded([whole(large), Part(small, 0, 2)])
    assert isinstance(failure, OutOfMemory)
    assert none is None


def test_another_failure_is_not_tried_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    one = located()
    calls = limited(monkeypatch, 0, lambda: RuntimeError("kernel"))
    embedded([whole(one)])
    assert len(calls) == 1


def test_what_torch_keeps_is_given_back_before_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back: list[int] = []
    monkeypatch.setattr(batches, "release_memory", lambda: given_back.append(1))
    limited(monkeypatch, 0, torch.OutOfMemoryError)
    embedded([whole(located())])
    assert given_back


def test_a_lost_device_that_gives_nothing_back_is_told_as_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """After its first error such a device fails everything, the giving back of memory as well."""

    def lost() -> None:
        raise torch.AcceleratorError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", lost)
    failing_on(monkeypatch, lambda image: True, torch.AcceleratorError("CUDA error: device-side assert triggered"))
    (answer,) = detected([work()])
    assert isinstance(answer, EngineOffline)
    assert is_lost_device(answer)


def test_what_a_failed_batch_had_in_memory_is_gone_before_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[weakref.ref[torch.Tensor]] = []
    alive: list[bool] = []
    encoder = release().encoders[0]

    def encode(crops: torch.Tensor, batch: int = 64) -> torch.Tensor:
        alive.extend(ref() is not None for ref in held)
        activations = crops * 2
        held.append(weakref.ref(activations))
        raise torch.OutOfMemoryError

    monkeypatch.setattr(encoder, "encode", encode)
    gc.disable()
    try:
        embedded([whole(located())])
    finally:
        gc.enable()
    assert alive
    assert not any(alive)


def test_an_error_that_is_kept_keeps_nothing_of_its_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    one = located()
    pixels = weakref.ref(one)
    limited(monkeypatch, 0, lambda: RuntimeError("kernel"))
    gc.disable()
    try:
        (kept,) = embedded([whole(one)])
        del one
        assert kept is not None
        assert pixels() is None
    finally:
        gc.enable()


def test_the_network_is_given_the_whole_batch_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one = located()
    assert one.found is not None
    one.locate(one.found.repeat(30, 1)[:200])
    seen: list[int] = []
    network = one.release.encoders[0].network
    with network.register_forward_pre_hook(lambda _, given: seen.append(len(given[0]))):
        embedded([Part(one, 0, 200)])
    assert seen == [200]


@pytest.mark.parametrize("words", ["CUDA error: out of memory", "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling"])
def test_a_device_without_memory_is_not_lost(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    failing_on(monkeypatch, lambda image: True, torch.AcceleratorError(words))
    (answer,) = detected([work()])
    assert isinstance(answer, OutOfMemory)
    assert not is_lost_device(answer)
