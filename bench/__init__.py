"""Benchmarks: they report, and nothing asserts a time. `make bench` runs them all."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the service has it: see skuapi/settings.py
