"""Does a dataclass that was read from JSON hold what its annotations say?"""

import math
from dataclasses import fields
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints


def check_fields(instance: Any) -> None:
    """Raises ValueError naming the first field that holds something else; a NaN is no number."""
    hints = get_type_hints(type(instance))
    for field in fields(instance):
        if not _fits(getattr(instance, field.name), hints[field.name]):
            raise ValueError(f"`{field.name}` is wrong")


def _fits(value: Any, hint: Any) -> bool:
    """As strict as JSON can be: true is no number, and 3 will do for 3.0."""
    arguments = get_args(hint)
    if hint is float:
        return type(value) in (int, float) and math.isfinite(value)
    if get_origin(hint) is Literal:
        return value in arguments
    if get_origin(hint) is UnionType:
        return any(_fits(value, argument) for argument in arguments)
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and _fits_each(value, arguments)
    return type(value) is (get_origin(hint) or hint)


def _fits_each(values: tuple[Any, ...], hints: tuple[Any, ...]) -> bool:
    if hints[-1] is Ellipsis:
        hints = hints[:1] * len(values)
    return len(values) == len(hints) and all(map(_fits, values, hints))
