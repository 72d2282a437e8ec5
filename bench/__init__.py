"""Benchmarks: they report, and nothing asserts a time. `make bench` runs them all."""
