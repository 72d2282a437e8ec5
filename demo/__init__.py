"""The demo brand JORDINA: its catalogue, the renderer of its shelves, and the training of its networks."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # beside other work, spinning threads take many times as long
