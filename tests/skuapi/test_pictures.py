"""Photos as cameras and editors write them, and the annotated picture that comes back."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.skuapi.edge import Edge, encoded, picture_in, text
from tests.tiny_release import photo

ORIENTATION = 0x0112
WIDE = photo(320, 200)


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(WIDE, exif=exif)


def sixteen_bit() -> Image.Image:
    return Image.fromarray(np.asarray(WIDE.convert("L")).astype(np.uint16) * 257)


MODES: dict[str, bytes] = {
    "CMYK": encoded(WIDE.convert("CMYK")),
    "16 bit": encoded(sixteen_bit(), "PNG"),
    "palette": encoded(WIDE.convert("P"), "PNG"),
    "palette with transparency": encoded(WIDE.quantize(16), "PNG", transparency=0),
    "black and white": encoded(WIDE.convert("1"), "PNG"),
    "grey": encoded(WIDE.convert("L")),
    "grey with alpha": encoded(WIDE.convert("LA"), "PNG"),
    "alpha": encoded(WIDE.convert("RGBA"), "PNG"),
    "alpha in WebP": encoded(WIDE.convert("RGBA"), "WEBP"),
    "progressive": encoded(WIDE, progressive=True),
}


def answer(edge: Edge, data: bytes, **changes: Any) -> dict[str, Any]:
    response = edge.predict(image=text(data), **changes)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize("mode", MODES)
def test_every_kind_of_pixel_is_read(edge: Edge, mode: str) -> None:
    body = answer(edge, MODES[mode])
    assert body["analysis"]["detected"] > 0
    assert picture_in(body).size == WIDE.size


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_and_picture_belong_to_the_upright_image(edge: Edge, orientation: int) -> None:
    body = answer(edge, turned(orientation), sku_conf=0)
    width, height = (200, 320) if orientation >= 5 else (320, 200)
    assert picture_in(body).size == (width, height)
    for detection in body["detections"]:
        x1, y1, x2, y2 = detection["bbox"]
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_photo_turned_by_its_camera_is_read_as_if_it_had_been_turned_back(edge: Edge, orientation: int) -> None:
    upright = WIDE.rotate({3: 180, 6: 270, 8: 90}[orientation], expand=True)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    by_camera = encoded(WIDE, "PNG", exif=exif)
    assert answer(edge, by_camera)["detections"] == answer(edge, encoded(upright, "PNG"))["detections"]


def test_the_annotated_picture_is_a_jpeg_of_quality_85(edge: Edge) -> None:
    picture = picture_in(answer(edge, encoded(WIDE)))
    reference = Image.new("RGB", (8, 8))
    assert picture.format == "JPEG"
    assert tables(picture) == tables(Image.open(io.BytesIO(encoded(reference, quality=85))))


def test_the_annotated_picture_shows_the_photo_and_something_drawn_on_it(edge: Edge) -> None:
    drawn = np.asarray(picture_in(answer(edge, encoded(WIDE, "PNG"), sku_conf=0)).convert("RGB")).astype(int)
    changed = (np.abs(drawn - np.asarray(WIDE).astype(int)).max(axis=2) > 60).mean()
    assert 0.01 < changed < 0.9


def test_unknown_facings_are_drawn_in_red(edge: Edge) -> None:
    grey = encoded(WIDE.convert("L").convert("RGB"), "PNG")
    shown, hidden = (answer(edge, grey, sku_conf=1, show_unknown=flag) for flag in (True, False))
    assert red_share(shown) > 0.01
    assert red_share(hidden) == 0


def test_nothing_is_drawn_where_nothing_was_found(edge: Edge) -> None:
    picture = picture_in(answer(edge, encoded(WIDE, "PNG"), det_conf=1))
    difference = np.abs(np.asarray(picture).astype(int) - np.asarray(WIDE).astype(int)).mean()
    assert difference < 5


def test_without_return_annotated_there_is_no_picture_and_no_key_for_one(edge: Edge) -> None:
    assert "annotated_image_base64" not in answer(edge, encoded(WIDE), return_annotated=False)


def test_by_default_there_is_a_picture(edge: Edge) -> None:
    assert "annotated_image_base64" in answer(edge, encoded(WIDE))


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (33, 31)])
def test_the_smallest_photos_are_answered_too(edge: Edge, size: tuple[int, int]) -> None:
    assert picture_in(answer(edge, encoded(photo(*size), "PNG"))).size == size


def test_an_animated_photo_is_refused(edge: Edge) -> None:
    data = encoded(WIDE, "WEBP", save_all=True, append_images=[photo(320, 200, 8)])
    assert edge.predict(image=text(data)).json()["code"] == "image_animated"


def test_a_photo_of_more_than_25_megapixels_is_refused_by_its_header(edge: Edge) -> None:
    data = encoded(Image.new("1", (5001, 5000)), "PNG")
    assert edge.predict(image=text(data)).json()["code"] == "image_too_many_pixels"


def red_share(body: dict[str, Any]) -> float:
    pixels = np.asarray(picture_in(body).convert("RGB")).astype(int)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    return float(((red > 150) & (green < 90) & (blue < 90)).mean())


def tables(picture: Image.Image) -> Any:
    return picture.quantization  # type: ignore[attr-defined]
