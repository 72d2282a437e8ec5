"""The demo: three invented catalogues, the renderer of their shelves, and the training of their networks."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # beside other work, spinning threads take many times as long
