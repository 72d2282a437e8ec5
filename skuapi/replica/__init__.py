"""The other side of INFERENCE_BACKEND=ray: processes that compute predictions for web hosts."""
