"""The published Python example, but for the address, the key, the file and the model, which come from the command."""

import json
import sys

from inference_sdk import InferenceHTTPClient

api_url, api_key, your_image, model_id = sys.argv[1:]
CLIENT = InferenceHTTPClient(
    api_url=api_url,
    api_key=api_key
)  # fmt: skip

result = CLIENT.infer(your_image, model_id=model_id)
print(json.dumps(result))
