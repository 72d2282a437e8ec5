"""The numbers of SKUs: stable within a line, counted up over all its releases, never given to another SKU."""

from collections.abc import Sequence

from inference.manifest import Label, loads
from modelstore.models import ModelLine


def stable_labels(line: ModelLine, skus: Sequence[str]) -> tuple[Label, ...]:
    """A SKU that some release of the line knows keeps the number it had in the newest of them; others get new ones."""
    known: dict[str, int] = {}
    highest = -1
    for manifest in line.releases.order_by("version").values_list("manifest", flat=True):
        labels = loads(manifest.encode()).labels
        known |= {label.name: label.id for label in labels}
        highest = max([highest, *(label.id for label in labels)])
    fresh = iter(range(highest + 1, highest + 1 + len(skus)))
    return tuple(Label(known[sku] if sku in known else next(fresh), sku) for sku in skus)
