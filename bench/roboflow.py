"""A classifier as its clients meet it: every photo of a folder for each class, over HTTP, to compare with its report.

    python -m bench.roboflow http://127.0.0.1:8000/roboflow SLUG/VERSION --key KEY --photos FOLDER

Costs a unit of quota for each photo. `manage.py evaluate_release` on the same folder must come to the same.
"""

import base64
import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import requests

KINDS = {".jpg", ".jpeg", ".png", ".webp"}
AT_ONCE = 4


class Asked(NamedTuple):
    """photo: below the folder; label: the name of its own folder; top: the class that was answered."""

    photo: str
    label: str
    top: str
    confidence: float


def labelled(folder: Path) -> Iterator[tuple[Path, str]]:
    for photo in sorted(folder.rglob("*")):
        if photo.suffix.lower() in KINDS and photo.parent != folder:
            yield photo, photo.parent.name


def ask(url: str, model: str, key: str, folder: Path) -> list[Asked]:
    """As the published examples do. Raises requests.HTTPError."""

    def answered(pair: tuple[Path, str]) -> Asked:
        photo, label = pair
        text = base64.b64encode(photo.read_bytes())
        answer = requests.post(f"{url}/{model}", params={"api_key": key}, data=text, timeout=120)
        answer.raise_for_status()
        told = answer.json()
        return Asked(photo.relative_to(folder).as_posix(), label, told["top"], told["confidence"])

    with ThreadPoolExecutor(AT_ONCE) as clients:
        return list(clients.map(answered, labelled(folder)))


def top1(answers: list[Asked]) -> float:
    return sum(answer.top == answer.label for answer in answers) / len(answers)


def arguments() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("model")
    parser.add_argument("--key", required=True)
    parser.add_argument("--photos", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    found = ask(given.url.rstrip("/"), given.model, given.key, given.photos)
    print(json.dumps({"model": given.model, "photos": len(found), "top1": round(top1(found), 4)}))
