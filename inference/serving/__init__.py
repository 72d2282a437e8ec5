"""How photos of many requests share one device: who comes first, and what is computed together."""
