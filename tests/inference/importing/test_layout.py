"""A tensor's place is checked again by whoever reads it: never outside the file, no number twice."""

import pytest

from inference.importing.errors import ImportRefused
from inference.importing.layout import TensorPlace

SOUND = {
    "matrix": TensorPlace("float32", 8, (2, 3), (3, 1)),
    "transposed": TensorPlace("float32", 8, (3, 2), (1, 3)),
    "scalar": TensorPlace("int64", 8, (), ()),
    "to the last byte": TensorPlace("float16", 60, (2,), (1,)),
}
WRONG = {
    "behind the end": TensorPlace("float32", 60, (2,), (1,)),
    "before the start": TensorPlace("float32", -4, (1,), (1,)),
    "backwards": TensorPlace("float32", 32, (2,), (-1,)),
    "a negative side": TensorPlace("float32", 0, (-2,), (1,)),
    "nothing": TensorPlace("float32", 0, (0,), (1,)),
    "one number many times": TensorPlace("float32", 0, (10**9,), (0,)),
    "numbers that nobody knows": TensorPlace("object", 0, (1,), (1,)),
    "more sides than strides": TensorPlace("float32", 0, (1, 1), (1,)),
    "far too many sides": TensorPlace("float32", 0, (1,) * 99, (1,) * 99),
}


@pytest.mark.parametrize("place", SOUND.values(), ids=SOUND.keys())
def test_a_tensor_inside_the_file_is_accepted(place: TensorPlace) -> None:
    place.check(64)


@pytest.mark.parametrize("place", WRONG.values(), ids=WRONG.keys())
def test_any_other_is_refused(place: TensorPlace) -> None:
    with pytest.raises(ImportRefused):
        place.check(64)
