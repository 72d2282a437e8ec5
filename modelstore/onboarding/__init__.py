"""A SKU that staff add to a line: from a few photos to a release that names it, step by step, in a worker."""
