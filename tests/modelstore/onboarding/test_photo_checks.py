"""What is told about photos before anything is kept."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from inference.images import ImageLimits
from modelstore.onboarding.photo_checks import NewPhoto, PhotosRefused, checked
from modelstore.onboarding.sharpness import BLURRED, sharpness

LIMITS = ImageLimits()


def pack(seed: int, size: tuple[int, int] = (300, 400)) -> Image.Image:
    """Something printed: words, lines and colours."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", size, tuple(rng.integers(60, 220, 3).tolist()))
    pen = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = rng.uniform(0, size[0]), rng.uniform(0, size[1])
        colour = tuple(rng.integers(0, 255, 3).tolist())
        pen.rectangle((x, y, x + rng.uniform(5, 80), y + rng.uniform(5, 60)), fill=colour)
        pen.text((x, y), f"No {rng.integers(999)}", fill=(255, 255, 255), font_size=18)
    return image


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def files(*images: Image.Image) -> list[tuple[str, bytes]]:
    return [(f"{number}.jpg", jpeg(image)) for number, image in enumerate(images)]


def warnings(*images: Image.Image) -> list[str]:
    return [photo.warning for photo in checked(files(*images), LIMITS)]


def problems(given: list[tuple[str, bytes]]) -> list[str]:
    with pytest.raises(PhotosRefused) as error:
        checked(given, LIMITS)
    return error.value.problems


def test_good_photos_are_taken_as_they_are() -> None:
    found = checked(files(*map(pack, range(4))), LIMITS)
    assert [(type(photo), photo.warning) for photo in found] == [(NewPhoto, "")] * 4


@pytest.mark.parametrize("count", [1, 2, 9])
def test_three_to_eight_are_wanted(count: int) -> None:
    assert problems(files(*map(pack, range(count)))) == [f"Give 3 to 8 photos; these are {count}."]


def test_every_photo_that_cannot_be_read_is_named() -> None:
    given = [("note.txt", b"hello"), ("cut.jpg", jpeg(pack(1))[:900]), ("empty.png", b""), *files(pack(2))]
    told = problems(given)
    assert [line.split()[0] for line in told] == ["note.txt", "cut.jpg", "empty.png"]


def test_a_photo_above_the_limits_says_how_large_it_may_be() -> None:
    with pytest.raises(PhotosRefused, match=r"big\.jpg is larger than 1,000 bytes"):
        checked([("big.jpg", jpeg(pack(1))), *files(pack(2), pack(3))], ImageLimits(max_bytes=1000))


def test_the_same_photo_twice_is_refused() -> None:
    assert problems(files(pack(1), pack(2), pack(1))) == ["0.jpg and 2.jpg are the same photo. Take one out."]


Change = Callable[[Image.Image], Image.Image]


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.resize((150, 200)).resize((300, 400)),
        lambda image: image.point(lambda value: min(255, round(value * 1.2))),
        lambda image: Image.open(io.BytesIO(jpeg(image, 40))),
    ],
)
def test_nearly_the_same_photo_is_a_warning(change: Change) -> None:
    assert "Nearly the same as 0.jpg" in warnings(pack(1), pack(2), change(pack(1)))[2]


def test_a_blurred_photo_is_a_warning() -> None:
    assert "Blurred" in warnings(pack(1), pack(2), pack(3).filter(ImageFilter.GaussianBlur(5)))[2]


def test_a_small_photo_is_a_warning() -> None:
    assert "Only 60 x 80 pixels" in warnings(pack(1), pack(2), pack(3).resize((60, 80)))[2]


def test_names_are_shown_without_what_could_confuse() -> None:
    given = [
        (name, data)
        for name, (_, data) in zip(["a\x00\n.jpg", "", "x" * 300], files(*map(pack, range(3))), strict=True)
    ]
    assert [photo.name for photo in checked(given, LIMITS)] == ["a.jpg", "photo", "x" * 100]


def moved(image: Image.Image, pixels: int) -> Image.Image:
    """Through a lens that is no sharper than lenses are; the camera moved sideways while the shutter was open."""
    line = np.asarray(image.filter(ImageFilter.GaussianBlur(1)), np.float32)
    shots = [np.roll(line, step, axis=1) for step in range(pixels)]
    return Image.fromarray(np.mean(shots, axis=0).astype(np.uint8))


@pytest.mark.parametrize("size", [(300, 400), (1500, 2000), (3000, 4000)])
def test_blur_is_judged_alike_at_every_size(size: tuple[int, int]) -> None:
    sharp = pack(4).resize(size, Image.Resampling.LANCZOS)
    side = max(size)
    assert sharpness(sharp) > BLURRED
    assert sharpness(sharp.filter(ImageFilter.GaussianBlur(0.012 * side))) < BLURRED


@pytest.mark.parametrize("seed", range(3))
def test_a_camera_that_moved_is_seen_along_its_way(seed: int) -> None:
    assert sharpness(moved(pack(seed), 24)) < BLURRED < sharpness(moved(pack(seed), 1))


def test_a_photo_of_one_colour_is_no_failure() -> None:
    assert sharpness(Image.new("RGB", (500, 400), (200, 20, 20))) == pytest.approx(0, abs=0.01)
