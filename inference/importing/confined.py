"""The process that looks into a stranger's file: it can open nothing, reach nobody, and only answers plain data.

Runs on the standard library alone, as `python -I -S`, with the file as its standard input.
"""

import ctypes
import json
import mmap
import resource
import struct
import sys
import zipfile

from inference.importing.checkpoint import LEGACY, ZIP, checkpoint_layout
from inference.importing.errors import ImportRefused
from inference.importing.inert_pickle import MALFORMED, SAVE_AGAIN
from inference.importing.layout import DAMAGED
from inference.importing.onnx_export import export_layout

CPU_SECONDS = 20
MEMORY = 2**30
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET of Linux


def main() -> None:
    data = mmap.mmap(sys.stdin.fileno(), 0, access=mmap.ACCESS_READ)
    lock(MEMORY + len(data))
    sys.stdout.write(answer(data))


def lock(memory: int) -> None:
    """From here on no file, socket or pipe can be opened, nothing written but standard output, nothing started.

    The limit on descriptors is what keeps the network away everywhere; where the system lets a process have
    an empty network of its own, and fewer rights than it came with, it has that too.
    """
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare:
        unshare(NEW_USER | NEW_NETWORK)
    limits = {
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def answer(data: mmap.mmap) -> str:
    """The file's layout, or why it is refused, as JSON."""
    try:
        if data[: len(ZIP)] == ZIP:
            return checkpoint_layout(data).dumps()
        if LEGACY in data[:64]:
            raise ImportRefused(f"The checkpoint is in the format that torch left with version 1.6. {SAVE_AGAIN}")
        return export_layout(data).dumps()
    except ImportRefused as refusal:
        return json.dumps({"refused": str(refusal)})
    except (*MALFORMED, OSError, MemoryError, struct.error, zipfile.BadZipFile):
        return json.dumps({"refused": DAMAGED})
