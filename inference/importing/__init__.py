"""Detectors that others trained: checkpoint or ONNX export -> architecture and tensors. Nothing in a file is run."""
