"""torch, and what stands on it, are imported by one thread at a time.

Their modules import each other in circles. Two threads that begin at different ends wait for each other, and Python
gives one of them an error: a button pressed in admin while the engine was still starting failed so.
"""

import threading

_turn = threading.Lock()


def import_torch() -> None:
    """Call it before a module of this package that needs torch is imported inside a function."""
    with _turn:
        import inference.engine  # noqa: F401
