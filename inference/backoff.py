"""For how long what could not be loaded is not tried again."""

from inference.errors import ReleaseRefused, WeightsMissing


class Backoff:
    """Twice as long with each refusal in a row, for files are known by their digests: what was refused will be again,
    unless somebody puts the right bytes in their place. Other failures, and files that are missing, may be over at any
    moment. Seconds, from `least` to `most`. Not for several threads at once.
    """

    def __init__(self, least: float, most: float) -> None:
        self._least = least
        self._most = most
        self._seconds: dict[str, float] = {}  # of those refused last time

    def failed(self, key: str, failure: BaseException) -> None:
        if isinstance(failure, ReleaseRefused) and not isinstance(failure, WeightsMissing):
            self._seconds[key] = min(self._most, 2 * self._seconds[key]) if key in self._seconds else self._least
        else:
            self.succeeded(key)

    def succeeded(self, key: str) -> None:
        self._seconds.pop(key, None)

    def seconds(self, key: str) -> float:
        return self._seconds.get(key, self._least)
