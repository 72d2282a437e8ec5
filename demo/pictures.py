"""Draws the annotated pictures of the model card: five rendered shelves, and five real photos where they are at hand.

python -m demo.pictures [--data FOLDER]
"""

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from demo.catalogues import HIGEEN, JORDINA, TAQRIMO, Catalogue
from demo.evaluation.reading import open_catalogue
from demo.photo import PHOTO
from demo.shelf.photo import Photo
from demo.shelves import easy, hard
from inference.annotation import annotate
from inference.images import decode
from inference.pipeline import Stopwatch, read_shelf
from inference.results import Options

IMAGES = Path(__file__).parent.parent / "docs" / "images"
LONGEST = 1100
REAL = {
    "real_fridge_10": "azure_fridge/testImages/10.jpg",
    "real_fridge_25": "azure_fridge/testImages/25.jpg",
    "real_crackers": "demo_shelves/azure_ritz_shelf.jpg",
    "real_bottles": "demo_shelves/k4r_bottles_16MP.jpg",
    "real_sauces": "joshrdc_groceries/images/210239.jpg",
}


def rendered() -> Iterator[tuple[str, Catalogue, Image.Image]]:
    """The demo photo, an easy shelf of each brand, and a hard one."""
    yield "demo_annotated", JORDINA, Image.open(PHOTO).convert("RGB")
    for catalogue in (JORDINA, HIGEEN, TAQRIMO):
        yield f"easy_{catalogue.brand.lower()}", catalogue, _image(easy(catalogue, 901))
    yield "hard_higeen", HIGEEN, _image(hard(HIGEEN, 902))


def real(data: Path) -> Iterator[tuple[str, Catalogue, Image.Image]]:
    """Photos whose boxes nothing was trained on. No catalogue knows their products."""
    for name, path in REAL.items():
        yield name, JORDINA, decode((data / path).read_bytes())


def draw(name: str, catalogue: Catalogue, image: Image.Image) -> Path:
    """As the API would draw it with `show_unknown`, scaled down for the page."""
    models, release = open_catalogue(catalogue)
    reading = read_shelf(models, release, image, Options(), Stopwatch())
    drawn = Image.open(io.BytesIO(annotate(image, reading, models.manifest.sku_conf, show_unknown=True)))
    drawn.thumbnail((LONGEST, LONGEST))
    path = IMAGES / f"{name}.jpg"
    drawn.save(path, "JPEG", quality=82, optimize=True)
    print(f"{path.name}: {len(reading.facings)} facings", flush=True)
    return path


def _image(photo: Photo) -> Image.Image:
    return Image.fromarray(photo.image)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    for scene in rendered():
        draw(*scene)
    for scene in real(arguments.data) if arguments.data else ():
        draw(*scene)
