"""Benchmarks: they report, and nothing asserts a time. `make bench` runs them all."""

import os

# As the service has it, for servers that are started from here after ultralytics was imported: see
# skuapi/settings/environment.py.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OMP_NUM_THREADS", str(len(os.sched_getaffinity(0))))
