"""Lines of text as masks to be painted through: shaped and drawn once, then reused for every facing."""

from functools import lru_cache

from PIL import Image, ImageDraw

from inference.typeface import font_for

COMFORTABLE, NARROWEST = 0.86, 0.68  # how far text is squeezed sideways to save a line; and where lines are short
ELLIPSIS = "…"


def line_height(size: int) -> int:
    return round(size * 1.16)


@lru_cache(maxsize=4096)
def length(text: str, size: int) -> float:
    """Pixels that a text takes, unsqueezed."""
    return font_for(text, size).getlength(text)


@lru_cache(maxsize=4096)
def line_mask(text: str, size: int, room: int) -> Image.Image:
    """One line, white on black, squeezed to at most `room` pixels."""
    font, width = font_for(text, size), max(1, round(length(text, size)))
    mask = Image.new("L", (width + 1, line_height(size)))
    ImageDraw.Draw(mask).text((0, round(size * 0.92)), text, fill=255, font=font, anchor="ls")
    return mask if width < room else mask.resize((room, mask.height), Image.Resampling.BILINEAR)


@lru_cache(maxsize=4096)
def wrapped(name: str, ending: str, size: int, room: int, most: int) -> tuple[str, ...]:
    """Break a name at underscores, hyphens and spaces into at most `most` lines; the last one ends with `ending`."""
    words = _words(f"{name} {ending}", size, room)
    lines = _filled(words, size, room / COMFORTABLE)
    if len(lines) > most:
        lines = _filled(words, size, room / NARROWEST)
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(lines[most - 1], f"{ELLIPSIS} {ending}", size, room)]
    return tuple(line.rstrip() for line in lines)


def _filled(words: list[str], size: int, room: float) -> list[str]:
    lines = [""]
    for word in words:
        if lines[-1] and length((lines[-1] + word).rstrip(), size) > room:
            lines.append("")
        lines[-1] += word
    return lines


def _words(text: str, size: int, room: int) -> list[str]:
    """Each keeps the character it is broken after; one that no squeezing fits is broken anywhere."""
    for separator in "_- ":
        text = text.replace(separator, separator + "\n")
    pieces: list[str] = []
    for word in text.split("\n"):
        fitting = max(3, int(len(word) * room / (NARROWEST * max(length(word, size), 1))))
        pieces += [word[start : start + fitting] for start in range(0, len(word), fitting)]
    return pieces


def _cut(line: str, ending: str, size: int, room: int) -> str:
    while line and length(line + ending, size) * NARROWEST > room:
        line = line[:-1]
    return line.rstrip() + ending
