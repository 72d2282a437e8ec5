"""Measures the shipped releases: on rendered shelves that nothing was trained or calibrated on, and on real photos."""
