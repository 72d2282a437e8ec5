"""A manifest is read strictly: whatever is wrong with one, it is refused with a sentence."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from inference.errors import ReleaseRefused
from inference.manifest import Manifest, Task, loads
from tests import tiny_release

TASKS: Final[tuple[Task, Task]] = ("single_label", "multi_label")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return tiny_release.write(tmp_path_factory.mktemp("manifest") / "bundle")


def changed(manifest: Manifest, change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(manifest.dumps())
    change(document)
    return json.dumps(document).encode()


def test_a_manifest_read_back_is_the_same(manifest: Manifest) -> None:
    assert loads(manifest.dumps()) == manifest


def test_the_digest_does_not_depend_on_the_order_of_keys(manifest: Manifest) -> None:
    shuffled = json.dumps(dict(reversed(json.loads(manifest.dumps()).items())), indent=7)
    assert loads(shuffled.encode()).digest() == manifest.digest()


def test_the_digest_changes_with_anything_in_it(manifest: Manifest) -> None:
    assert loads(changed(manifest, lambda d: d.update(sku_conf=0.51))).digest() != manifest.digest()


@pytest.mark.parametrize(
    "data", [b"", b"not json", b"[]", b'"x"', b"null", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"format": 2}']
)
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(ReleaseRefused, match="cannot be read"):
        loads(data)


WRONG_TYPES: dict[str, Callable[[dict[str, Any]], object]] = {
    "a number as text": lambda d: d["detector"].update(image_size="640"),
    "true as a number": lambda d: d["detector"].update(image_size=True),
    "a label that is no text": lambda d: d["labels"][0].update(name=5),
    "labels that are no list": lambda d: d.update(labels=7),
    "an id that is no number": lambda d: d["labels"][0].update(id="0"),
    "a category that is no text": lambda d: d.update(category=None),
    "NaN as threshold": lambda d: d.update(sku_conf=float("nan")),
    "a missing detector": lambda d: d.pop("detector"),
    "an unknown field": lambda d: d.update(surprise=1),
    "an unknown encoder": lambda d: d["encoders"][0].update(kind="resnet"),
    "two means": lambda d: d["encoders"][0].update(mean=[0.5, 0.5]),
    "an architecture that is no dictionary": lambda d: d["detector"].update(architecture=[]),
    "an encoder that is no dictionary": lambda d: d.update(encoders=["dinov2"]),
    "a digest that is no text": lambda d: d["head"].update(weights=12),
}


@pytest.mark.parametrize("change", WRONG_TYPES.values(), ids=WRONG_TYPES.keys())
def test_a_field_of_the_wrong_type_is_refused(manifest: Manifest, change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(ReleaseRefused, match="cannot be read"):
        loads(changed(manifest, change))


WRONG_VALUES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no label": (lambda d: d.update(labels=[]), "names no SKU"),
    "no encoder": (lambda d: d.update(encoders=[]), "no encoder"),
    "a label twice": (lambda d: d["labels"][0].update(name=d["labels"][1]["name"]), "twice"),
    "an id twice": (lambda d: d["labels"][0].update(id=1), "twice"),
    "a SKU without a name": (lambda d: d["labels"][0].update(name=" "), "without a name"),
    "a SKU called unknown": (lambda d: d["labels"][0].update(name="Unknown"), "cannot be named"),
    "a path as digest": (lambda d: d["head"].update(weights="../../etc/passwd"), "no sha256"),
    "a path as an encoder's digest": (lambda d: d["encoders"][0].update(weights="../x", carried=False), "no sha256"),
    "an empty category": (lambda d: d.update(category="  "), "1 to 200 characters"),
    "a brand of 201 characters": (lambda d: d.update(brand="x" * 201), "1 to 200 characters"),
    "a NUL in the brand": (lambda d: d.update(brand="a\0b"), "1 to 200 characters"),
    "a threshold above one": (lambda d: d.update(det_conf=1.5), "outside 0 to 1"),
    "a picture without size": (lambda d: d["detector"].update(image_size=0), "image size"),
    "a picture too large for any memory": (lambda d: d["encoders"][0].update(image_size=10**6), "image size"),
    "no deviation": (lambda d: d["encoders"][0].update(std=[0, 1, 1]), "deviation"),
    "a temperature of zero": (lambda d: d["head"].update(temperature=0), "above 0"),
    "a negative margin": (lambda d: d.update(crop_margin=-1), "margin"),
}


@pytest.mark.parametrize(("change", "reason"), WRONG_VALUES.values(), ids=WRONG_VALUES.keys())
def test_a_value_that_makes_no_sense_is_refused(
    manifest: Manifest, change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    with pytest.raises(ReleaseRefused, match=reason):
        loads(changed(manifest, change))


def test_a_manifest_of_skus_is_written_as_before_there_were_tasks(manifest: Manifest) -> None:
    assert b'"task"' not in manifest.dumps()


def classifier(folder: Path, task: Task, *classes: str) -> Manifest:
    return tiny_release.write_classifier(folder / "bundle", "things", task, classes)


def test_the_task_of_a_classifier_is_part_of_its_digest(tmp_path: Path) -> None:
    single, multi = (replace(classifier(tmp_path, "single_label", "a", "b"), task=task) for task in TASKS)
    assert (loads(single.dumps()).task, loads(multi.dumps()).task) == TASKS
    assert single.digest() != multi.digest()


def test_an_unknown_task_is_refused(manifest: Manifest) -> None:
    with pytest.raises(ReleaseRefused, match="cannot be read"):
        loads(changed(manifest, lambda d: d.update(task="segmentation")))


def test_a_classifier_of_one_class_is_refused(manifest: Manifest) -> None:
    with pytest.raises(ReleaseRefused, match="tells nothing apart"):
        loads(changed(manifest, lambda d: d.update(task="single_label", labels=d["labels"][:1])))


def test_one_tag_is_enough(tmp_path: Path) -> None:
    assert len(loads(classifier(tmp_path, "multi_label", "dent").dumps()).labels) == 1


@pytest.mark.parametrize("task", TASKS)
def test_a_classifier_of_whole_pictures_with_a_reject_row_is_refused(manifest: Manifest, task: Task) -> None:
    with pytest.raises(ReleaseRefused, match="no row for products"):
        loads(changed(manifest, lambda d: (d.update(task=task), d["head"].update(reject=3))))


def test_a_class_of_whole_pictures_may_be_called_unknown(tmp_path: Path) -> None:
    assert loads(classifier(tmp_path, "single_label", "unknown", "b").dumps()).labels[0].name == "unknown"


@pytest.mark.parametrize("name", ["../x", "مشروبات", "e\u0301clair", "a/b", "x" * 200])
def test_any_name_of_up_to_two_hundred_characters_is_a_brand(manifest: Manifest, name: str) -> None:
    assert loads(changed(manifest, lambda d: d.update(brand=name))).brand == name
