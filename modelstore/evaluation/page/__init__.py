"""A report to read: one HTML document that needs nothing else, with its plots and pictures in it."""
