"""Fonts for the annotated picture: the carried one, then whatever the machine has for other scripts."""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

CARRIED = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"  # Latin, Greek, Cyrillic, Arabic, Hebrew, ...
SYSTEM_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
SYSTEM_PATTERNS = ("NotoSansCJK*-Regular.*", "NotoSans*-Regular.ttf", "DroidSansFallback*.ttf", "unifont*.otf")


def font_for(text: str, size: int) -> ImageFont.FreeTypeFont:
    """The first font that has every character of `text`; the carried one when none has."""
    wanted = frozenset(map(ord, text))
    if not wanted <= _characters(CARRIED):
        for file in _system_fonts():
            if wanted <= _characters(file):
                return _opened(file, size)
    return _opened(CARRIED, size)


@cache
def _opened(file: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), size)


@cache
def _characters(file: Path) -> frozenset[int]:
    with TTFont(file, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@cache
def _system_fonts() -> tuple[Path, ...]:
    found = [file for folder in SYSTEM_FOLDERS for pattern in SYSTEM_PATTERNS for file in sorted(folder.rglob(pattern))]
    return tuple(found)
