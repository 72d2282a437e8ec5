"""Which weights answer for which category and brand: releases, bundles, catalogue."""
