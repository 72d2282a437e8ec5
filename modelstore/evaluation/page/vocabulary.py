"""What a report calls what it tells of: products and SKUs, pictures and classes, or tags."""

from collections.abc import Mapping
from dataclasses import dataclass

from inference.manifest import Task


@dataclass(frozen=True)
class Vocabulary:
    """thing: what is asked about; name: what it is given; naming: how a share of them is told; given: what is kept of
    the surest; photo: what was learnt from."""

    thing: str
    name: str
    names: str
    naming: str
    given: str
    photo: str
    alike: str
    shelves: bool = False


VOCABULARIES: Mapping[Task, Vocabulary] = {
    "sku": Vocabulary(
        "product", "SKU", "SKUs", "it names {} rightly at the first guess", "names", "reference photo",
        "one product under two names", shelves=True,
    ),
    "single_label": Vocabulary(
        "picture", "class", "classes", "it names {} rightly at the first guess", "names", "photo",
        "one class under two names",
    ),
    "multi_label": Vocabulary(
        "decision on tags", "outcome", "outcomes", "{} are right", "decisions", "photo", "one tag under two names",
    ),
}  # fmt: skip
