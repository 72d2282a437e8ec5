"""Roboflow's own client, the newest and an older one, in both of its modes against the running service."""

import math
from typing import Any

import pytest

from tests.skuapi.picture_host import PictureHost
from tests.skuapi.roboflow.client import CLASSES, SKUS, TAGS, Client
from tests.skuapi.roboflow.driven import ENVIRONMENTS, Driven, run

MODES = ["v0", "v1"]
KINDS = ["classes", "tags", "skus"]
# Every field of the newest client's InferenceConfiguration; an older one knows fewer.
FIELDS = [
    *("confidence_threshold", "keypoint_confidence_threshold", "format", "mask_decode_mode", "tradeoff_factor"),
    *("max_candidates", "max_detections", "iou_threshold", "stroke_width", "count_inference", "service_secret"),
    *("disable_preproc_auto_orientation", "disable_preproc_contrast", "disable_preproc_grayscale"),
    *("disable_preproc_static_crop", "class_agnostic_nms", "class_filter", "fix_batch_size", "include_anomaly_map"),
    *("visualize_predictions", "visualize_labels", "output_visualisation_format"),
    *("image_extensions_for_directory_scan", "client_downsizing_disabled", "default_max_input_size"),
    *("disable_active_learning", "active_learning_target_dataset", "max_concurrent_requests", "max_batch_size"),
    *("source", "source_info", "profiling_directory", "workflow_run_retries_enabled", "response_mask_format"),
    *("api_key_transport", "allow_reduced_mask_resolution"),
]


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def driven(
    client: Client, pictures: PictureHost, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Driven:
    photo = tmp_path_factory.mktemp("sdk") / "photo.jpg"
    photo.write_bytes(client.jpeg)
    return run(client, request.param, photo, pictures.offer("/sdk.jpg", client.jpeg))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("given", ["path", "base64", "url", "async"])
def test_a_class_is_told_however_the_image_is_given(driven: Driven, client: Client, mode: str, given: str) -> None:
    answer, usual = driven.returned(f"{mode} classes {given}"), client.hosted().json()
    assert (answer["predictions"], answer["top"]) == (usual["predictions"], usual["top"])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("given", ["numpy", "pillow"])
def test_a_picture_in_memory_is_a_jpeg_on_the_wire(driven: Driven, mode: str, given: str) -> None:
    """Compressed once more, so nearly the same."""
    kept, sent = (driven.returned(f"{mode} classes {form}") for form in ("path", given))
    assert (sent["top"], sent["image"]) == (kept["top"], kept["image"])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("given", ["path", "base64", "numpy", "pillow", "url", "async"])
def test_tags_are_told(driven: Driven, mode: str, given: str) -> None:
    answer = driven.returned(f"{mode} tags {given}")
    assert set(answer["predictions"]) == {"dent", "severe", "torn label"}
    assert isinstance(answer["predicted_classes"], list)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("given", ["path", "base64", "numpy", "pillow", "url", "async"])
def test_products_are_found(driven: Driven, mode: str, given: str) -> None:
    predictions = driven.returned(f"{mode} skus {given}")["predictions"]
    assert predictions
    assert {entry["class"] for entry in predictions} <= {"TINY_APPLE_500ML", "TINY_ORANGE_500ML", "TINY_تفاح_330ML"}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_list_of_images_is_a_list_of_answers(driven: Driven, mode: str, kind: str) -> None:
    answers = driven.returned(f"{mode} {kind} list")
    assert [list(answer) for answer in answers] == [list(answers[0])] * 2


def test_batches_of_images_come_back_in_their_order_and_number(driven: Driven) -> None:
    assert [answer["top"] for answer in driven.returned("batches")] == [driven.returned("v1 classes path")["top"]] * 5


def test_the_fields_that_are_tried_are_those_that_the_client_has(driven: Driven) -> None:
    assert set(driven.fields) <= set(FIELDS)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_the_configuration_is_taken(driven: Driven, mode: str, field: str) -> None:
    if field not in driven.fields:
        pytest.skip("This release of the client does not know it.")
    assert driven.returned(f"{mode} field {field}")["predictions"]
    assert driven.returned(f"{mode} field {field} of a classifier")["predictions"]


@pytest.mark.parametrize("mode", MODES)
def test_a_confidence_that_is_configured_filters(driven: Driven, mode: str) -> None:
    kept = driven.returned(f"{mode} field confidence_threshold of a classifier")["predictions"]
    assert [entry["class"] for entry in kept] == ["apple"]


@pytest.mark.parametrize("mode", MODES)
def test_an_overlap_that_is_configured_leaves_fewer_boxes(driven: Driven, mode: str) -> None:
    few, every = (driven.returned(f"{mode} {step}")["predictions"] for step in ("field iou_threshold", "skus path"))
    assert len(few) < len(every)


@pytest.mark.parametrize("mode", MODES)
def test_a_number_of_detections_that_is_configured_is_kept(driven: Driven, mode: str) -> None:
    assert len(driven.returned(f"{mode} field max_detections")["predictions"]) == 2


def test_classes_that_are_configured_are_the_only_ones(driven: Driven) -> None:
    found = driven.returned("v1 field class_filter")["predictions"]
    assert {entry["class"] for entry in found} == {"TINY_APPLE_500ML"}


def test_a_picture_comes_alone_or_beside_the_rest(driven: Driven) -> None:
    assert list(driven.returned("format image")) == ["visualization"]
    assert {"visualization", "predictions"} <= set(driven.returned("format image_and_json"))
    assert driven.returned("v1 field visualize_predictions")["visualization"]


def test_a_picture_that_the_client_decodes_is_as_large_as_the_photo(driven: Driven) -> None:
    assert driven.returned("picture size") == [320, 240]


def test_a_photo_that_the_client_has_shrunk_is_answered_in_its_own_pixels(driven: Driven) -> None:
    assert driven.returned("v0 field default_max_input_size")["image"] == {"width": 320, "height": 240}
    assert driven.returned("v1 field client_downsizing_disabled")["image"] == {"width": 320, "height": 240}


@pytest.mark.parametrize(
    ("step", "model", "task"),
    [
        ("description", CLASSES, "classification"),
        ("description of skus", SKUS, "object-detection"),
        ("description where classes are wanted", SKUS, "classification"),
        ("description async", TAGS, "classification"),
    ],
)
def test_a_model_is_described(driven: Driven, step: str, model: str, task: str) -> None:
    none = {"batch_size": None, "input_height": None, "input_width": None}
    assert driven.returned(step) == {"model_id": model, "task_type": task, **none}


def test_models_are_loaded_listed_and_unloaded(driven: Driven) -> None:
    """Unloading, the client sends no key: what it is told is empty, and what others use stays."""
    assert TAGS in driven.returned("load")
    assert driven.returned("unload") == driven.returned("unload all") == []


def test_the_server_says_what_it_is(driven: Driven) -> None:
    assert set(driven.returned("server info")) == {"name", "version", "uuid"}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("transport", ["legacy", "both", "header"])
def test_a_key_is_found_where_the_client_puts_it(driven: Driven, mode: str, transport: str) -> None:
    if "api_key_transport" not in driven.fields:
        pytest.skip("This release of the client has one place for its key.")
    assert driven.returned(f"{mode} key {transport}")["top"] == "apple"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("step", "status", "says"), [("wrong key", 403, "Forbidden"), ("unknown model", 404, "Requested")]
)
def test_the_client_tells_its_user_what_is_wrong(driven: Driven, mode: str, step: str, status: int, says: str) -> None:
    raised = driven.raised(f"{mode} {step}")
    assert (raised["raised"], raised["status_code"]) == ("HTTPCallErrorError", status)
    assert str(raised["api_message"]).startswith(says)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("base", "field"),
    [("/", "detection_id"), ("/detect", "detection_id"), ("/classify", "class"), ("/classify/", "class")],
)
def test_the_base_address_decides_what_a_sku_release_does(driven: Driven, mode: str, base: str, field: str) -> None:
    answer = driven.returned(f"{mode} base {base}")
    assert field in answer["predictions"][0]
    assert ("top" in answer) == (field == "class")


@pytest.mark.parametrize("mode", MODES)
def test_supervision_reads_the_detections(driven: Driven, mode: str) -> None:
    read = driven.returned(f"{mode} supervision")
    told = read["answer"]["predictions"]
    assert read["ids"] == [entry["class_id"] for entry in told]
    assert read["names"] == [entry["class"] for entry in told]
    assert all(near(box, entry) for box, entry in zip(read["boxes"], told, strict=True))


def near(box: list[float], entry: dict[str, Any]) -> bool:
    half_width, half_height = entry["width"] / 2, entry["height"] / 2
    corners = [entry["x"] - half_width, entry["y"] - half_height, entry["x"] + half_width, entry["y"] + half_height]
    return all(math.isclose(found, told, abs_tol=0.51) for found, told in zip(box, corners, strict=True))


def test_supervision_reads_boxes_of_a_photo_that_the_client_has_shrunk(driven: Driven) -> None:
    read = driven.returned("v0 supervision shrunk")
    assert read["answer"]["image"] == {"width": 320, "height": 240}
    assert max(box[2] for box in read["boxes"]) > 160, "boxes are still those of the small photo"


def test_what_the_client_sends_again_and_again_is_billed_as_often_as_it_is_answered(driven: Driven) -> None:
    """Beyond three requests a minute it is told 429, and sends the image again at once, and again."""
    burst = driven.returned("burst")
    assert burst["refused"] == [429] * len(burst["refused"]) != []
    assert driven.billed == burst["answered"]
