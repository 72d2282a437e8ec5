"""Runs in an environment of Roboflow's own client: does what integrators do with it, and prints what came back.

Reads a JSON document from stdin: url, key, held_key, photo (a path), photo_url, models by kind. Prints one of what each
step returned or raised.
"""

import asyncio
import base64
import dataclasses
import json
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import supervision as sv
from inference_sdk import InferenceConfiguration, InferenceHTTPClient
from inference_sdk.http.entities import VisualisationResponseFormat
from PIL import Image

warnings.filterwarnings("ignore")
GIVEN = json.load(sys.stdin)
PHOTO, MODELS = GIVEN["photo"], GIVEN["models"]
# A value for each field that an integrator can set. Those that a release of the client does not know are left out.
FIELDS: dict[str, Any] = {
    "confidence_threshold": 0.3,
    "keypoint_confidence_threshold": 0.5,
    "format": "json",
    "mask_decode_mode": "fast",
    "tradeoff_factor": 0.5,
    "max_candidates": 100,
    "max_detections": 2,
    "iou_threshold": 0.2,
    "stroke_width": 3,
    "count_inference": True,
    "service_secret": "nothing",
    "disable_preproc_auto_orientation": True,
    "disable_preproc_contrast": True,
    "disable_preproc_grayscale": True,
    "disable_preproc_static_crop": True,
    "class_agnostic_nms": True,
    "class_filter": ["TINY_APPLE_500ML", "apple"],
    "fix_batch_size": True,
    "include_anomaly_map": True,
    "visualize_predictions": True,
    "visualize_labels": True,
    "output_visualisation_format": VisualisationResponseFormat.BASE64,
    "image_extensions_for_directory_scan": ["jpg"],
    "client_downsizing_disabled": False,
    "default_max_input_size": 128,
    "disable_active_learning": True,
    "active_learning_target_dataset": "somewhere",
    "max_concurrent_requests": 2,
    "max_batch_size": 2,
    "source": "test",
    "source_info": "a test",
    "profiling_directory": "./nowhere",
    "workflow_run_retries_enabled": False,
    "response_mask_format": "rle",
    "api_key_transport": "header",
    "allow_reduced_mask_resolution": True,
}


def known_fields() -> list[str]:
    return [field.name for field in dataclasses.fields(InferenceConfiguration)]


def client(mode: str, base: str = "", key: str | None = None, **configured: Any) -> InferenceHTTPClient:
    made = InferenceHTTPClient(api_url=GIVEN["url"] + base, api_key=key or GIVEN["key"])
    made.select_api_v0() if mode == "v0" else made.select_api_v1()
    return made.configure(InferenceConfiguration(**configured)) if configured else made


def inputs() -> dict[str, Any]:
    return {
        "path": PHOTO,
        "base64": base64.b64encode(Path(PHOTO).read_bytes()).decode(),
        "numpy": cv2.imread(PHOTO),
        "pillow": Image.open(PHOTO).convert("RGB"),
        "url": GIVEN["photo_url"],
        "list": [PHOTO, cv2.imread(PHOTO)],
    }


def inferences() -> Iterator[tuple[str, Callable[[], Any]]]:
    for mode in ("v0", "v1"):
        for kind, model in MODELS.items():
            for name, given in inputs().items():
                yield f"{mode} {kind} {name}", lambda m=mode, g=given, i=model: client(m).infer(g, model_id=i)
            yield (
                f"{mode} {kind} async",
                lambda m=mode, i=model: asyncio.run(client(m).infer_async(PHOTO, model_id=i)),
            )


def configurations() -> Iterator[tuple[str, Callable[[], Any]]]:
    for mode in ("v0", "v1"):
        for name in known_fields():
            value = FIELDS[name]
            yield (
                f"{mode} field {name}",
                lambda m=mode, n=name, v=value: client(m, **{n: v}).infer(PHOTO, model_id=MODELS["skus"]),
            )
            yield (
                f"{mode} field {name} of a classifier",
                lambda m=mode, n=name, v=value: client(m, **{n: v}).infer(PHOTO, model_id=MODELS["classes"]),
            )
    for picture in ("image", "image_and_json"):
        yield f"format {picture}", lambda p=picture: client("v0", format=p).infer(PHOTO, model_id=MODELS["skus"])
    shown = VisualisationResponseFormat.PILLOW
    yield (
        "picture size",
        lambda: (
            client("v1", visualize_predictions=True, output_visualisation_format=shown)
            .infer(PHOTO, model_id=MODELS["skus"])["visualization"]
            .size
        ),
    )
    yield (
        "batches",
        lambda: client("v1", max_batch_size=3, max_concurrent_requests=2).infer(
            [PHOTO] * 5, model_id=MODELS["classes"]
        ),
    )


def registry() -> Iterator[tuple[str, Callable[[], Any]]]:
    new = client("v1")
    yield "server info", lambda: dataclasses.asdict(new.get_server_info())
    yield "description", lambda: dataclasses.asdict(new.get_model_description(MODELS["classes"]))
    yield "description of skus", lambda: dataclasses.asdict(new.get_model_description(MODELS["skus"]))
    yield (
        "description where classes are wanted",
        lambda: dataclasses.asdict(client("v1", "/classify").get_model_description(MODELS["skus"])),
    )
    yield "loaded", lambda: [model.model_id for model in new.list_loaded_models().models]
    yield "load", lambda: [model.model_id for model in new.load_model(MODELS["tags"]).models]
    yield "unload", lambda: [model.model_id for model in new.unload_model(MODELS["tags"]).models]
    yield "unload all", lambda: [model.model_id for model in new.unload_all_models().models]
    yield "load nothing", lambda: new.load_model("nobodys/1")
    yield "description async", lambda: dataclasses.asdict(asyncio.run(new.get_model_description_async(MODELS["tags"])))


def keys() -> Iterator[tuple[str, Callable[[], Any]]]:
    for mode in ("v0", "v1"):
        for transport in ("legacy", "both", "header"):
            yield (
                f"{mode} key {transport}",
                lambda m=mode, t=transport: client(m, api_key_transport=t).infer(PHOTO, model_id=MODELS["classes"]),
            )
        yield f"{mode} wrong key", lambda m=mode: client(m, key="wrong").infer(PHOTO, model_id=MODELS["classes"])
        yield f"{mode} unknown model", lambda m=mode: client(m).infer(PHOTO, model_id="nobodys/1")


def bases() -> Iterator[tuple[str, Callable[[], Any]]]:
    for mode in ("v0", "v1"):
        for base in ("/", "/classify", "/detect", "/classify/"):
            yield f"{mode} base {base}", lambda m=mode, b=base: client(m, b).infer(PHOTO, model_id=MODELS["skus"])


def supervised() -> Iterator[tuple[str, Callable[[], Any]]]:
    def found(mode: str, photo: Any, **configured: Any) -> dict[str, Any]:
        answer = client(mode, confidence_threshold=0.01, **configured).infer(photo, model_id=MODELS["skus"])
        boxes = sv.Detections.from_inference(answer)
        named = [str(name) for name in boxes.data["class_name"]]
        return {"boxes": boxes.xyxy.tolist(), "ids": boxes.class_id.tolist(), "names": named, "answer": answer}

    for mode in ("v0", "v1"):
        yield f"{mode} supervision", lambda m=mode: found(m, PHOTO)
    yield (
        "v0 supervision shrunk",
        lambda: found("v0", PHOTO, client_downsizing_disabled=False, default_max_input_size=160),
    )


def retries() -> Iterator[tuple[str, Callable[[], Any]]]:
    def burst() -> dict[str, Any]:
        held, answered, refused = client("v0", key=GIVEN["held_key"]), 0, []
        for _ in range(5):
            try:
                held.infer(PHOTO, model_id=MODELS["classes"])
                answered += 1
            except Exception as error:  # noqa: BLE001 - counted
                refused.append(getattr(error, "status_code", None))
        return {"answered": answered, "refused": refused}

    yield "burst", burst


def result_of(step: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"returned": step()}
    except Exception as error:  # noqa: BLE001 - whatever the client makes of it is what is wanted
        about = {name: getattr(error, name, None) for name in ("status_code", "api_message")}
        return {"raised": type(error).__name__, "says": str(error), **about}


PARTS = (registry, inferences, configurations, keys, bases, supervised, retries)
if __name__ == "__main__":
    results = {name: result_of(step) for part in PARTS for name, step in part()}
    print(json.dumps({"fields": known_fields(), "results": results}, default=str))
