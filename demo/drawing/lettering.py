"""Text for labels: fonts by name, fitted into a box."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from demo.design import Colour

_HERE = Path(__file__).resolve().parents[1] / "fonts"


def _matplotlib_fonts() -> Path:
    """The fonts that matplotlib installs with itself, found without the seconds that importing it takes."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("matplotlib, whose fonts the labels are written in, is not installed")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


_MORE = _matplotlib_fonts()
_FILES = {
    "Lobster": _HERE / "Lobster.otf",
    "Bebas": _HERE / "BebasNeue-Bold.otf",
    "Kaushan": _HERE / "KaushanScript-Regular.otf",
    "Spartan": _HERE / "LeagueSpartan-Bold.otf",
    "Leckerli": _HERE / "LeckerliOne-Regular.ttf",
    "DejaVu": Path(__file__).resolve().parents[2] / "inference" / "fonts" / "DejaVuSans.ttf",
    "Sans": _MORE / "DejaVuSans.ttf",
    "SansBold": _MORE / "DejaVuSans-Bold.ttf",
    "SansItalic": _MORE / "DejaVuSans-BoldOblique.ttf",
    "Serif": _MORE / "DejaVuSerif.ttf",
    "SerifBold": _MORE / "DejaVuSerif-Bold.ttf",
    "SerifItalic": _MORE / "DejaVuSerif-BoldItalic.ttf",
    "Mono": _MORE / "DejaVuSansMono-Bold.ttf",
    "Times": _MORE / "STIXGeneralBol.ttf",
    "TimesItalic": _MORE / "STIXGeneralBolIta.ttf",
    "Modern": _MORE / "cmb10.ttf",
    "Grotesk": _MORE / "cmss10.ttf",
}
FONTS = tuple(_FILES)


@lru_cache(maxsize=256)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """The named font at a size in pixels."""
    return ImageFont.truetype(str(_FILES[name]), max(size, 4))


def fitted(name: str, text: str, width: float, height: float) -> ImageFont.FreeTypeFont:
    """The largest size at which the text stays inside width x height."""
    left, top, right, bottom = font(name, 100).getbbox(text)
    scale = min(width / max(right - left, 1), height / max(bottom - top, 1))
    return font(name, int(100 * scale))


def write(
    canvas: Image.Image, text: str, font_name: str, centre: tuple[float, float], box: tuple[float, float],
    ink: Colour, *, outline: Colour | None = None, weight: int = 0,
) -> None:  # fmt: skip
    """Write the text centred in a box (width, height); an outline keeps it readable on pictures."""
    face = fitted(font_name, text, *box)
    if face.size < 5:
        return
    stroke = max(1, face.size // 12) if outline else weight
    ImageDraw.Draw(canvas).text(
        centre, text, font=face, fill=ink, anchor="mm", stroke_width=stroke, stroke_fill=outline or ink
    )
