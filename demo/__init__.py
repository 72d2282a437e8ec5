"""The demo brand JORDINA: its catalogue, the renderer of its shelves, and the training of its networks."""
