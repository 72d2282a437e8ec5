"""Plain data comes out of a pickle as the standard library reads it; everything else comes out as a record."""

import pickle
from collections import OrderedDict
from typing import Any

import pytest

from inference.importing.errors import ImportRefused
from inference.importing.inert_pickle import Name, Recorded, read

TEXT = "تفاح"
PLAIN: list[Any] = [
    None, True, False, 0, -1, 255, 256, 65536, -(2**40), 2**80, 0.1, float("inf"), "", TEXT, "x" * 300, (), (1,),
    (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, [2, [3]]], {}, {"a": 1}, {1: {2: [3]}, TEXT: None},
]  # fmt: skip


def anything(_: Name) -> bool:
    return True


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_plain_data_is_what_the_standard_library_reads(protocol: int) -> None:
    assert read(pickle.dumps(PLAIN, protocol), anything) == PLAIN


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_bytes_are_bytes(protocol: int) -> None:
    assert read(pickle.dumps(b"\x00\xff", protocol), anything) == b"\x00\xff"


def test_what_is_named_twice_is_one_record() -> None:
    shared = OrderedDict(a=1)
    first, second = read(pickle.dumps([shared, shared], 2), anything)
    assert first is second


def test_a_call_is_recorded() -> None:
    called = read(pickle.dumps(OrderedDict(a=1, b=2), 2), anything)
    assert isinstance(called, Recorded)
    assert (str(called.name), called.arguments, called.items) == ("collections.OrderedDict", (), {"a": 1, "b": 2})


def test_what_contains_itself_is_read_as_such() -> None:
    endless: list[Any] = []
    endless.append(endless)
    (inner,) = read(pickle.dumps(endless, 2), anything)
    assert inner[0] is inner


def test_a_name_that_is_not_known_ends_the_reading() -> None:
    with pytest.raises(ImportRefused, match=r"`collections\.OrderedDict`"):
        read(pickle.dumps(OrderedDict(), 2), lambda _: False)
