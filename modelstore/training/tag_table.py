"""Labels of multi-label classifiers: a table with a row for each photo, and a column of 0 and 1 for each tag."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from inference.manifest import CONTROL, LONGEST_NAME, sha256
from modelstore import names
from modelstore.errors import TrainingRefused
from modelstore.training.photo_folders import ENDINGS, Marks, ReferencePhoto

FILE_COLUMN = "filename"
FEWEST = 3
_SHOWN = 10
_LARGEST = 64 * 1024 * 1024
_FORM = f"Write one as `{FILE_COLUMN}, dent, severe`, and below it `photo1.jpg, 1, 0`."


@dataclass(frozen=True)
class Tagged:
    """tags: in the order of the columns."""

    photos: tuple[ReferencePhoto, ...]
    tags: tuple[str, ...]


def tagged_photos(folder: Path, table: Path, fewest: int = FEWEST) -> Tagged:
    """Every photo in `folder` with its row in `table`. fewest: photos that must have each tag, and that must lack it.

    Spaces around names and cells do not count. Raises TrainingRefused."""
    if not folder.is_dir():
        raise TrainingRefused(f"{folder} is no folder. Give the one that holds the photos that {table} names.")
    header, rows = _read(table)
    tags = _tags(table, header)
    marked = dict(_marked(table, row, line, tags) for line, row in rows)
    _check_files(folder, table, marked)
    _check_counts(table, tags, marked, fewest)
    photos = tuple(
        ReferencePhoto(folder / name, None, sha256((folder / name).read_bytes()), own) for name, own in marked.items()
    )
    _check_twins(photos)
    return Tagged(photos, tags)


def _read(table: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and each row with its line. A byte order mark is no part of the first name."""
    try:
        if table.stat().st_size > _LARGEST:
            raise TrainingRefused(f"{table} is larger than {_LARGEST >> 20} MiB. Give the table of labels alone.")
        text = table.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingRefused(f"{table} cannot be read ({error}). Give a CSV file in UTF-8.") from error
    try:
        reader = csv.reader(StringIO(text, newline=""), skipinitialspace=True, strict=True)
        lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise TrainingRefused(f"{table} is no CSV file ({error}). {_FORM}") from error
    if len(lines) < 2:  # noqa: PLR2004 - a header and a row
        raise TrainingRefused(f"{table} has no header, or no row below it. {_FORM}")
    _check_twice(table, lines[1:])
    return lines[0][1], lines[1:]


def _check_twice(table: Path, rows: Sequence[tuple[int, list[str]]]) -> None:
    seen: dict[str, int] = {}
    for line, row in rows:
        if (first := seen.setdefault(row[0], line)) != line:
            raise TrainingRefused(f"{table} names {row[0]} in line {first} and again in line {line}. Keep one of them.")


def _tags(table: Path, header: list[str]) -> tuple[str, ...]:
    if header[0].casefold() != FILE_COLUMN:
        raise TrainingRefused(f"The first column of {table} is called {header[0][:40]!r}, not `{FILE_COLUMN}`. {_FORM}")
    tags = tuple(map(names.shown, header[1:]))
    if not tags:
        raise TrainingRefused(f"{table} has no column for a tag. {_FORM}")
    for tag in tags:
        if not tag or len(tag) > LONGEST_NAME or CONTROL.search(tag):
            raise TrainingRefused(
                f"No tag can be called {tag[:40]!r}: 1 to {LONGEST_NAME} characters, none of control."
            )
    if len({names.key(tag) for tag in tags}) < len(tags):
        raise TrainingRefused(f"{table} has two columns of one name. Tags are compared without case: merge them.")
    return tags


def _marked(table: Path, row: list[str], line: int, tags: tuple[str, ...]) -> tuple[str, Marks]:
    """A file's name, and which tags it has."""
    if len(row) != len(tags) + 1:
        raise TrainingRefused(f"Line {line} of {table} has {len(row)} cells, and its header {len(tags) + 1}.")
    for tag, cell in zip(tags, row[1:], strict=True):
        if cell not in ("0", "1"):
            raise TrainingRefused(f"Line {line} of {table} says {cell[:40]!r} under {tag}: write 1 or 0.")
    return row[0], tuple((tag, cell == "1") for tag, cell in zip(tags, row[1:], strict=True))


def _check_files(folder: Path, table: Path, marked: dict[str, Marks]) -> None:
    there = {path.name for path in _photos(folder)}
    if unknown := sorted(set(marked) - there):
        raise TrainingRefused(
            f"{table} names what is no photo ({', '.join(sorted(ENDINGS))}) in {folder}: {_listed(unknown)}."
        )
    if untold := sorted(there - set(marked)):
        raise TrainingRefused(f"{table} has no row for {_listed(untold)} in {folder}. Add one, or take the photo out.")


def _photos(folder: Path) -> Iterator[Path]:
    return (
        path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file() and path.name[0] != "."
    )


def _check_counts(table: Path, tags: tuple[str, ...], marked: dict[str, Marks], fewest: int) -> None:
    for tag in tags:
        having = sum((tag, True) in marks for marks in marked.values())
        if min(having, len(marked) - having) < fewest:
            raise TrainingRefused(
                f"{having} of the {len(marked)} photos in {table} have the tag {tag}. At least {fewest} must have it, "
                f"and {fewest} must not: add photos, or leave the column out."
            )


def _check_twins(photos: Sequence[ReferencePhoto]) -> None:
    """The same photo with other tags teaches the classifier to be wrong; with the same tags it would count twice."""
    owners: dict[str, ReferencePhoto] = {}
    for photo in photos:
        other = owners.setdefault(photo.digest, photo)
        if other is not photo:
            raise TrainingRefused(f"{other.path} and {photo.path} are the same photo. Keep one of them.")


def _listed(files: Sequence[str]) -> str:
    more = len(files) - _SHOWN
    return ", ".join(files[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
