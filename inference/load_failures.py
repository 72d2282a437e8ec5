"""Why something could not be loaded, in a form that may be kept: an exception holds on to all it passed on its way."""

import copy
import traceback
from collections.abc import Iterator

from inference.errors import InferenceError


def let_go(failure: BaseException) -> None:
    """Empties the frames that it came through, which hold networks half built; where they were can still be read."""
    for error in _chain(failure):
        traceback.clear_frames(error.__traceback__)


def again(failure: BaseException) -> BaseException:
    """What to raise for one more of those who are told of it.

    A copy, for raising adds the frames of whoever is told, and those of a request hold its photo.
    """
    if not isinstance(failure, InferenceError):  # foreign ones need not be made to be copied
        return failure
    told = copy.copy(failure)
    told.__cause__ = failure
    return told


def _chain(failure: BaseException) -> Iterator[BaseException]:
    seen, ahead = set[int](), [failure]
    while ahead:
        error = ahead.pop()
        if id(error) not in seen:
            seen.add(id(error))
            ahead += [reason for reason in (error.__cause__, error.__context__) if reason]
            yield error
