"""What newer clients ask before an image: which models there are, and what serves them."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

SERVER: Final = "SKU Detection Predict API"
VERSION: Final = "1.8.3"
"""Of Roboflow's inference server, whose answers these are."""
_INSTANCE = str(uuid.uuid4())


def encode_models(tasks: Mapping[str, str]) -> dict[str, Any]:
    """tasks: the task of each model by its id. No input sizes: some clients would shrink their photos to them."""
    return {"models": [_model(model_id, task) for model_id, task in tasks.items()]}


def _model(model_id: str, task: str) -> dict[str, Any]:
    return {
        "model_id": model_id,
        "task_type": task,
        "batch_size": None,
        "input_height": None,
        "input_width": None,
    }


def encode_info() -> dict[str, Any]:
    """uuid: of this process."""
    return {"name": SERVER, "version": VERSION, "uuid": _INSTANCE}
