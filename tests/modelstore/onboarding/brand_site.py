"""An installation with a brand that was trained there, and photos of a product that it does not know."""

from pathlib import Path

from tests import tiny_release
from tests.live_server import Site, install
from tests.modelstore.onboarding.conftest import BRAND, YELLOW
from tests.modelstore.training.conftest import draw

TAKE_IN = """
from pathlib import Path
from inference.images import ImageLimits
from modelstore.models import ModelLine
from modelstore.onboarding.intake import take_in
from modelstore.onboarding.photo_checks import checked
files = [(path, Path(path).read_bytes()) for path in {files!r}]
take_in(ModelLine.called("CLIFFS/CLIFF"), "CLIFF_YELLOW_1L", checked(files, ImageLimits()), "alice")
"""


# In one process: every start of torch costs seconds.
TRAIN = """
from django.core.management import call_command
call_command("train_release", "--category=CLIFFS", "--brand=CLIFF", "--photos", {photos!r})
call_command("activate_release", "CLIFFS/CLIFF@1")
"""


def brand_site(folder: Path, **settings: str) -> Site:
    """CLIFFS/CLIFF@1 answers."""
    tiny_release.write(folder / "bundle")
    site = install(folder / "site", folder / "bundle", DEVICE="cpu", PRECISION="float32", **settings)
    for row, (sku, colour) in enumerate(BRAND.items()):
        for number in range(3):
            draw(folder / "photos" / sku / f"{number}.jpg", colour, 100 * row + number)
    site.manage("shell", "--no-imports", "-c", TRAIN.format(photos=str(folder / "photos")))
    return site


def new_photos(folder: Path, count: int = 4) -> list[Path]:
    return [draw(folder / "new" / f"{number}.png", YELLOW, 700 + number) for number in range(count)]


def take_in(site: Site, photos: list[Path]) -> None:
    """As the form does; enqueued with the commit."""
    files = [str(photo) for photo in photos]
    site.manage("shell", "--no-imports", "-c", TAKE_IN.format(files=files))
