"""Training detectors: the loop, the pictures that go into it, and fine-tuning from labelled shelves."""
