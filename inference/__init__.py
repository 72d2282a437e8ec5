"""Recognition: plain Python and torch. Never imports Django or any package above it."""
