"""Reads a pickle as data. Nothing that it names is looked up, built or called.

The standard unpickler calls what a pickle names, whatever stands around it. Here its opcodes are only
parsed, and every class, call and state is recorded as such, for others to read.
"""

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from inference.importing.errors import ImportRefused
from inference.importing.layout import DAMAGED

MALFORMED = (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError)
SHOWN = 100
VALUES = {
    "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
    "BINBYTES", "SHORT_BINBYTES", "BINBYTES8",
}  # fmt: skip
NOTHING_TO_DO = {"PROTO", "FRAME"}


@dataclass(frozen=True)
class Name:
    """A class or function that the pickle names."""

    module: str
    name: str

    def __str__(self) -> str:
        text = "".join(letter if letter.isprintable() else "?" for letter in f"{self.module}.{self.name}")
        return text if len(text) <= SHOWN else text[:SHOWN] + "…"


@dataclass(eq=False)
class Recorded:
    """What calling `name` with `arguments` would have built, with the state and items it would have been given."""

    name: Name
    arguments: tuple[Any, ...]
    state: Any = None
    items: dict[Any, Any] = field(default_factory=dict)


STORED = Name("", "persistent id")


def read(data: bytes, is_known: Callable[[Name], bool]) -> Any:
    """What the pickle describes. Raises ImportRefused for a name that is not known, and for anything malformed."""
    reader = _Reader(is_known)
    try:
        for opcode, argument, _ in pickletools.genops(data):
            if opcode.name == "STOP":
                return reader.stack.pop()
            reader.step(opcode.name, argument)
    except MALFORMED as error:
        raise ImportRefused(DAMAGED) from error
    raise ImportRefused(DAMAGED)


class _Reader:
    """The pickle's stack machine, without the machine's only dangerous part."""

    def __init__(self, is_known: Callable[[Name], bool]) -> None:
        self.is_known = is_known
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def step(self, opcode: str, argument: Any) -> None:
        if opcode in VALUES:
            self.stack.append(argument)
        elif opcode in STEPS:
            STEPS[opcode](self, argument)
        elif opcode not in NOTHING_TO_DO:
            raise ImportRefused(f"The checkpoint is pickled with {opcode}, which torch never writes. {SAVE_AGAIN}")

    def named(self, module: str, name: str) -> None:
        named = Name(module, name)
        if not self.is_known(named):
            raise ImportRefused(f"It names `{named}`, which is no part of a YOLOv8 detector; it was not run. {GIVE}")
        self.stack.append(named)

    def marked(self) -> list[Any]:
        """What was put on the stack since the last mark."""
        mark = self.marks.pop()
        values = self.stack[mark:]
        del self.stack[mark:]
        return values

    def top(self, count: int) -> tuple[Any, ...]:
        """Takes that many values from the stack."""
        if len(self.stack) < count:
            raise ImportRefused(DAMAGED)
        values = tuple(self.stack[-count:])
        del self.stack[-count:]
        return values

    def call(self) -> None:
        called, arguments = self.top(2)
        if not isinstance(called, Name) or not isinstance(arguments, tuple):
            raise ImportRefused(DAMAGED)
        self.stack.append(Recorded(called, arguments))

    def set_items(self, flat: list[Any]) -> None:
        target = self.stack[-1]
        items = target.items if isinstance(target, Recorded) else target
        items.update(zip(flat[::2], flat[1::2], strict=True))

    def set_state(self) -> None:
        (state,) = self.top(1)
        if not isinstance(self.stack[-1], Recorded):
            raise ImportRefused(DAMAGED)
        self.stack[-1].state = state

    def append(self, values: list[Any]) -> None:
        if not isinstance(self.stack[-1], list):
            raise ImportRefused(DAMAGED)
        self.stack[-1].extend(values)


SAVE_AGAIN = "Save it again with the ultralytics that trained it."
GIVE = "Give a checkpoint that `yolo detect train` saved from yolov8n, s, m, l or x, and nobody fused since."

STEPS: dict[str, Callable[[_Reader, Any], object]] = {
    "NONE": lambda reader, _: reader.stack.append(None),
    "NEWTRUE": lambda reader, _: reader.stack.append(True),
    "NEWFALSE": lambda reader, _: reader.stack.append(False),
    "EMPTY_DICT": lambda reader, _: reader.stack.append({}),
    "EMPTY_LIST": lambda reader, _: reader.stack.append([]),
    "EMPTY_TUPLE": lambda reader, _: reader.stack.append(()),
    "MARK": lambda reader, _: reader.marks.append(len(reader.stack)),
    "POP": lambda reader, _: reader.top(1),
    "TUPLE": lambda reader, _: reader.stack.append(tuple(reader.marked())),
    "TUPLE1": lambda reader, _: reader.stack.append(reader.top(1)),
    "TUPLE2": lambda reader, _: reader.stack.append(reader.top(2)),
    "TUPLE3": lambda reader, _: reader.stack.append(reader.top(3)),
    "APPEND": lambda reader, _: reader.append(list(reader.top(1))),
    "APPENDS": lambda reader, _: reader.append(reader.marked()),
    "SETITEM": lambda reader, _: reader.set_items(list(reader.top(2))),
    "SETITEMS": lambda reader, _: reader.set_items(reader.marked()),
    "BINPUT": lambda reader, index: reader.memo.update({index: reader.stack[-1]}),
    "LONG_BINPUT": lambda reader, index: reader.memo.update({index: reader.stack[-1]}),
    "MEMOIZE": lambda reader, _: reader.memo.update({len(reader.memo): reader.stack[-1]}),
    "BINGET": lambda reader, index: reader.stack.append(reader.memo[index]),
    "LONG_BINGET": lambda reader, index: reader.stack.append(reader.memo[index]),
    "GLOBAL": lambda reader, named: reader.named(*named.split(" ", 1)),
    "STACK_GLOBAL": lambda reader, _: reader.named(*map(str, reader.top(2))),
    "BINPERSID": lambda reader, _: reader.stack.append(Recorded(STORED, *reader.top(1))),
    "REDUCE": lambda reader, _: reader.call(),
    "NEWOBJ": lambda reader, _: reader.call(),
    "BUILD": lambda reader, _: reader.set_state(),
}
