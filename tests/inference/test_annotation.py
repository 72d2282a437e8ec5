"""The annotated picture: its size, its boxes, and labels that can be read in any script."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, features

from inference.annotation import DARK_ENOUGH, UNKNOWN_COLOUR, _luminance, _sku_colour, annotate
from inference.lettering import length, line_height, line_mask, wrapped
from inference.results import Facing, Reading
from inference.typeface import CARRIED, font_for

Pixels = NDArray[np.int16]
GREY = Image.new("RGB", (400, 300), (128, 128, 128))
LONG = "JORDINA_CRANBERRY_NECTAR_SUGAR_FREE_FAMILY_PACK_1500ML"


def reading(*facings: Facing, size: tuple[int, int] = (400, 300)) -> Reading:
    return Reading("DRINKS/ONE@1", ("COLA",), facings, size, {})


def facing(sku: str = "COLA", sku_conf: float = 0.9, box: tuple[int, int, int, int] = (100, 80, 220, 260)) -> Facing:
    return Facing(0, sku, sku_conf, 0.9, box)


def drawn(*facings: Facing, image: Image.Image = GREY, show_unknown: bool = True) -> Pixels:
    picture = Image.open(io.BytesIO(annotate(image, reading(*facings), 0.5, show_unknown)))
    return np.asarray(picture).astype(np.int16)


def near(pixels: Pixels, colour: tuple[int, int, int], tolerance: int = 40) -> NDArray[np.bool_]:
    return np.asarray(np.abs(pixels - np.array(colour)).max(axis=2) <= tolerance)


def letters(pixels: Pixels) -> NDArray[np.bool_]:
    """Where it is lighter than the photo and every label: small letters are grey at their edges, and in JPEG."""
    return np.asarray(pixels.mean(axis=2) > 150)


def test_the_picture_is_a_jpeg_of_the_same_size() -> None:
    picture = Image.open(io.BytesIO(annotate(GREY, reading(facing()), 0.5, True)))
    assert (picture.format, picture.size) == ("JPEG", (400, 300))


def test_the_photo_itself_is_left_alone() -> None:
    photo = GREY.copy()
    annotate(photo, reading(facing()), 0.5, True)
    assert photo.tobytes() == GREY.tobytes()


def test_nothing_found_leaves_the_photo_as_it_is() -> None:
    assert np.abs(drawn() - 128).max() <= 2


def test_a_box_has_the_colour_of_its_sku_on_all_four_sides() -> None:
    box = near(drawn(facing()), _sku_colour(0), 60)
    assert all(box[y, x] for x, y in [(100, 240), (219, 240), (160, 259), (160, 81)])


def test_an_unknown_facing_is_red() -> None:
    assert near(drawn(facing(sku_conf=0.2)), UNKNOWN_COLOUR, 60)[240, 100]


def test_an_unknown_facing_is_not_drawn_unless_asked_for() -> None:
    assert np.abs(drawn(facing(sku_conf=0.2), show_unknown=False) - 128).max() <= 2


@pytest.mark.parametrize("label", range(60))
def test_white_text_can_be_read_on_every_colour(label: int) -> None:
    assert _luminance(tuple(channel / 255 for channel in _sku_colour(label))) <= DARK_ENOUGH + 0.005  # type: ignore[arg-type]


@pytest.mark.parametrize("label", range(60))
def test_no_sku_has_the_red_of_unknown_facings(label: int) -> None:
    red, green, blue = _sku_colour(label)
    assert not (red > 1.6 * green and red > 1.6 * blue)


@pytest.mark.parametrize(
    "name", ["COLA_330ML", "عصير_برتقال_٢٥٠مل", "Морс клюквенный", "Ελληνικός_καφές", LONG, "x", "W" * 200]
)
def test_a_label_has_white_letters_on_its_colour_inside_its_box(name: str) -> None:
    pixels = drawn(facing(name))
    light = letters(pixels)
    assert light[80:260, 100:220].sum() > 20
    assert light.sum() == light[78:262, 98:222].sum()


def test_a_label_stays_inside_its_box_so_that_neighbours_are_free() -> None:
    changed = np.abs(drawn(facing(LONG)) - 128).max(axis=2) > 20
    changed[72:268, 92:228] = False  # JPEG blocks blur the edge a little
    assert not changed.any()


@pytest.mark.parametrize("box", [(0, 0, 5, 5), (395, 295, 400, 300), (0, 0, 400, 300), (390, 0, 400, 300)])
def test_a_label_at_the_border_stays_inside_the_picture(box: tuple[int, int, int, int]) -> None:
    assert letters(drawn(facing("COLA", box=box))).any()


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3), (24, 17)])
def test_a_tiny_picture_can_be_annotated(size: tuple[int, int]) -> None:
    assert drawn(facing(box=(0, 0, 1, 1)), image=Image.new("RGB", size)).shape == (size[1], size[0], 3)


def test_two_hundred_facings_with_long_names_are_all_labelled() -> None:
    boxes = [(x * 64 + 4, y * 150 + 10, x * 64 + 60, y * 150 + 140) for x in range(25) for y in range(8)]
    pixels = drawn(*[facing(LONG, box=box) for box in boxes], image=Image.new("RGB", (1600, 1200), (90, 90, 90)))
    light = letters(pixels)
    assert all(light[y1:y2, x1:x2].sum() > 40 for x1, y1, x2, y2 in boxes)


def test_arabic_letters_are_joined() -> None:
    """Each letter alone would be wider: joining needs the layout engine raqm."""
    assert features.check("raqm")
    assert length("تفاح", 40) < sum(length(letter, 40) for letter in "تفاح")


def test_the_carried_font_has_the_scripts_that_are_promised() -> None:
    for text in ("COLA éß", "تفاح", "Морс", "καφές", "עברית"):
        assert font_for(text, 12).path == str(CARRIED)


def test_a_script_that_no_font_has_is_drawn_as_boxes_instead_of_failing() -> None:
    assert drawn(facing("𓀀𓀁𓀂")).any()


def test_a_name_that_fits_keeps_every_character() -> None:
    lines = wrapped(LONG, "97%", 12, 110, 6)
    assert "".join(lines).replace(" ", "") == f"{LONG}97%"


def test_a_name_that_is_too_long_keeps_its_confidence() -> None:
    lines = wrapped(LONG, "97%", 12, 60, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("… 97%")


def test_no_line_is_wider_than_its_room() -> None:
    masks = [line_mask(line, 12, 60) for line in wrapped(LONG, "97%", 12, 60, 9)]
    assert max(mask.width for mask in masks) <= 60
    assert {mask.height for mask in masks} == {line_height(12)}
