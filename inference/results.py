"""What the engine answers: one neutral, self-validating result, whatever format a client reads."""

from dataclasses import dataclass

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Options:
    """det_conf: weakest detection to keep, sku_conf: weakest classification to believe; both 0 to 1."""

    sku_conf: float = 0.5
    det_conf: float = 0.25


@dataclass(frozen=True)
class Facing:
    """One product on the shelf.

    label: index into the release's labels of its best SKU; sku_conf: the probability of that SKU;
    det_conf: the detector's confidence; box: x1, y1, x2, y2 in pixels of the upright image.
    """

    label: int
    sku: str
    sku_conf: float
    det_conf: float
    box: Box

    def __post_init__(self) -> None:
        x1, y1, x2, y2 = self.box
        if not (0 <= x1 < x2 and 0 <= y1 < y2):
            raise ValueError(f"{self.box} is no box")
        if not (0 <= self.sku_conf <= 1 and 0 <= self.det_conf <= 1):
            raise ValueError("A confidence lies outside 0 to 1.")


@dataclass(frozen=True)
class Reading:
    """Every facing of one photo, the surest detection first, before any SKU threshold.

    release: `CATEGORY/BRAND@version`; timings: milliseconds by stage.
    """

    release: str
    skus: tuple[str, ...]
    facings: tuple[Facing, ...]
    size: tuple[int, int]
    timings: dict[str, float]


@dataclass(frozen=True)
class Classification:
    """What a whole picture shows: every class of the release, in the order of its labels, and how sure each is.

    Confidences of a single-label classifier sum to one, those of a SKU release to at most one: what is left is that the
    picture shows none of them. Each tag of a multi-label classifier stands by itself. size: width and height of the
    upright picture; release: `CATEGORY/BRAND@version`; timings: milliseconds by stage.
    """

    release: str
    classes: tuple[str, ...]
    confidences: tuple[float, ...]
    size: tuple[int, int]
    timings: dict[str, float]

    def __post_init__(self) -> None:
        if not self.classes or len(self.classes) != len(self.confidences):
            raise ValueError("There must be one confidence for each class.")
        if not all(0 <= confidence <= 1 for confidence in self.confidences):
            raise ValueError("A confidence lies outside 0 to 1.")


def pixel_box(values: list[float], width: int, height: int) -> Box:
    """Round to whole pixels inside the image, never to an empty box."""
    x1, y1, x2, y2 = (round(value) for value in values)
    x1, y1 = min(max(x1, 0), width - 1), min(max(y1, 0), height - 1)
    return x1, y1, min(max(x2, x1 + 1), width), min(max(y2, y1 + 1), height)
