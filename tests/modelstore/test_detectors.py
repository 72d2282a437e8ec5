"""An imported detector has a name, its files are in the store, and any brand's release may use it."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest
import requests
from django.core.management import call_command
from django.db import OperationalError, connection

from inference.bundle import Regression, write_bundle
from inference.errors import ReleaseRefused
from inference.importing.errors import ImportRefused
from inference.manifest import DetectorSpec
from modelstore.detectors import REFERENCE_PHOTO, import_detector, stored_network
from modelstore.models import Detector
from modelstore.proving import prove
from modelstore.publishing import activate, publish
from modelstore.store import ModelStore
from tests import tiny_release
from tests.inference.importing import hostile, yolov8
from tests.live_server import install, serving
from tests.modelstore.conftest import stored_file
from tests.modelstore.test_commands import answer, complaint

Output = pytest.CaptureFixture[str]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return yolov8.checkpoint(tmp_path / "other.pt", seed=1)


def files(store: ModelStore) -> list[Path]:
    return sorted(path for path in Path(store.storage.path("")).rglob("*") if path.is_file())


def test_import_detector_names_the_detector(store: ModelStore, best: Path, capsys: Output) -> None:
    assert answer(capsys, "import_detector", str(best), "--name", "Shelves") == {"detector": "Shelves"}


def test_without_json_it_says_so_in_a_sentence(store: ModelStore, best: Path, capsys: Output) -> None:
    call_command("import_detector", str(best), "--name", "Shelves")
    assert capsys.readouterr().out == "Shelves can serve any brand.\n"


def test_an_export_is_imported_like_a_checkpoint(store: ModelStore, tmp_path: Path, capsys: Output) -> None:
    file = yolov8.export(tmp_path)
    assert answer(capsys, "import_detector", str(file), "--name", "Exported") == {"detector": "Exported"}


def test_its_files_are_in_the_store_by_digest(store: ModelStore, best: Path) -> None:
    spec = json.loads(import_detector(best, "Shelves").spec)
    assert files(store) == sorted(stored_file(store, spec[part]) for part in ("weights", "golden"))


def test_what_is_stored_is_what_was_imported(store: ModelStore, best: Path) -> None:
    network = stored_network(import_detector(best, "Shelves"))
    assert (network.spec.image_size, network.spec.architecture["scale"]) == (yolov8.SIZE, "n")


def test_a_file_that_was_damaged_since_is_refused(store: ModelStore, best: Path) -> None:
    detector = import_detector(best, "Shelves")
    files(store)[0].write_bytes(b"damaged")
    with pytest.raises(ReleaseRefused, match="damaged"):
        stored_network(detector)


def test_importing_again_repairs_the_store(store: ModelStore, best: Path) -> None:
    import_detector(best, "Shelves")
    files(store)[0].write_bytes(b"damaged")
    stored_network(import_detector(best, "Shelves"))


def test_the_same_file_twice_is_the_same_detector(store: ModelStore, best: Path) -> None:
    assert import_detector(best, "Shelves") == import_detector(best, "Shelves")
    assert (Detector.objects.count(), len(files(store))) == (1, 2)


def test_the_same_file_by_another_name_shares_its_files(store: ModelStore, best: Path) -> None:
    first, second = import_detector(best, "Shelves"), import_detector(best, "Fridges")
    assert (first.digest, len(files(store))) == (second.digest, 2)


def test_names_are_compared_without_regard_to_case(store: ModelStore, best: Path) -> None:
    assert import_detector(best, "Shelves") == import_detector(best, " SHELVES ") == Detector.called("shelves")


def test_a_taken_name_is_refused_with_what_to_do(store: ModelStore, best: Path, other: Path) -> None:
    import_detector(best, "Shelves")
    told = complaint("import_detector", str(other), "--name", "shelves")
    assert "The name Shelves is taken by another detector" in told
    assert "another --name" in told


def test_a_taken_name_changes_nothing(store: ModelStore, best: Path, other: Path) -> None:
    digest, before = import_detector(best, "Shelves").digest, files(store)
    complaint("import_detector", str(other), "--name", "Shelves")
    assert (Detector.objects.get().digest, files(store)) == (digest, before)


@pytest.mark.parametrize("name", ["كاشف الرفوف", "..", "x" * 200, "-", "SKU-110K (v8n) 2024"])
def test_any_name_that_staff_can_read_will_do(store: ModelStore, best: Path, name: str) -> None:
    import_detector(best, name)
    assert Detector.called(name).name == name


@pytest.mark.parametrize(
    "name",
    ["", "   ", "../x", "DRINKS/JORDINA@7", "a@b", "x" * 201, "x" * 300, "ﬃ" * 200, "a\0b", "a\nb", "\x1b[2J"],
)
def test_a_name_that_could_be_taken_for_something_else_is_refused(store: ModelStore, best: Path, name: str) -> None:
    with pytest.raises(ImportRefused, match="Choose another"):
        import_detector(best, name)


def nothing_kept(store: ModelStore) -> bool:
    return not files(store) and not Detector.objects.exists()


def test_a_hostile_checkpoint_leaves_nothing(store: ModelStore, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    file = yolov8.save(tmp_path / "hostile.pt", model=hostile.PAYLOADS["os.system"](canary))
    assert "it was not run" in complaint("import_detector", str(file), "--name", "Evil")
    assert nothing_kept(store)
    assert not canary.exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_shortened_file_leaves_nothing(store: ModelStore, tmp_path: Path, best: Path, share: float) -> None:
    data = best.read_bytes()
    (tmp_path / "short.pt").write_bytes(data[: int(len(data) * share)])
    assert complaint("import_detector", str(tmp_path / "short.pt"), "--name", "Short")
    assert nothing_kept(store)


def test_a_disk_that_is_full_leaves_no_detector(store: ModelStore, best: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "No space left on device. Make room" in complaint("import_detector", str(best), "--name", "Shelves")
    monkeypatch.undo()
    assert nothing_kept(store)


def blind(tmp_path: Path) -> Path:
    model = yolov8.trained()
    for scores in model.model[-1].cv3:
        scores[-1].weight.data.zero_()
        scores[-1].bias.data.fill_(-9)
    return yolov8.save(tmp_path / "blind.pt", model=model.half())


def test_a_detector_that_finds_nothing_is_refused_with_what_to_do(store: ModelStore, tmp_path: Path) -> None:
    told = complaint("import_detector", str(blind(tmp_path)), "--name", "Blind")
    assert "finds nothing on reference_shelf.jpg" in told
    assert "--photo PHOTO" in told
    assert nothing_kept(store)


def test_another_photo_may_prove_it(store: ModelStore, tmp_path: Path, best: Path, capsys: Output) -> None:
    tiny_release.photo().save(tmp_path / "fridge.png")
    answer(capsys, "import_detector", str(best), "--name", "Fridges", "--photo", str(tmp_path / "fridge.png"))
    assert Detector.called("Fridges").digest == import_detector(best, "Shelves").digest


@pytest.mark.parametrize("content", [None, b"", b"no photo"], ids=["missing", "empty", "text"])
def test_a_photo_that_cannot_be_read_is_refused(
    store: ModelStore, tmp_path: Path, best: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "photo.jpg").write_bytes(content)
    with pytest.raises(ImportRefused, match="Give another with --photo"):
        import_detector(best, "Shelves", tmp_path / "photo.jpg")


def test_more_than_one_class_is_told_once(store: ModelStore, tmp_path: Path, capsys: Output) -> None:
    """All of them count as products, which is wrong for a network of everyday objects."""
    file = yolov8.checkpoint(tmp_path / "coco.pt", classes=("person", "bottle"))
    answer_line = answer_and_warning(capsys, "import_detector", str(file), "--name", "COCO")
    assert answer_line == ('{"detector": "COCO"}\n', "counts as a product: person, bottle.")


def answer_and_warning(output: Output, *arguments: str) -> tuple[str, str]:
    call_command(*arguments, "--json")
    out, err = output.readouterr()
    return out, err[err.index("counts as") :].strip()


def test_a_detector_that_is_not_there_says_how_to_add_one(store: ModelStore) -> None:
    with pytest.raises(Detector.DoesNotExist, match="import_detector FILE --name NAME adds one"):
        Detector.called("Nobody")


@pytest.mark.parametrize("name", ["a\0b", "", "x" * 10_000])
def test_asking_for_a_strange_name_is_no_error_of_the_database(store: ModelStore, name: str) -> None:
    with pytest.raises(Detector.DoesNotExist):
        Detector.called(name)


@pytest.mark.django_db(transaction=True)
def test_two_who_import_the_same_at_once_get_the_same(store: ModelStore, best: Path) -> None:
    barrier, found = Barrier(2), []

    def imported() -> int:
        while True:
            try:
                return import_detector(best, "Shelves").pk
            except OperationalError:  # the tests' database in memory locks tables for readers, too, as no file does
                time.sleep(0.05)

    def run() -> None:
        barrier.wait()
        found.append(imported())
        connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Detector.objects.get().pk] * 2


def bundle_with(detector: Detector, folder: Path, brand: str = "IMPORTED") -> Path:
    rng = np.random.default_rng(0)
    skus = tiny_release.SKUS
    features = rng.normal(size=(6, 48)).astype(np.float32)
    regression = Regression(rng.normal(size=(len(skus), 48)), rng.normal(size=len(skus)), features)
    write_bundle(folder, "TINY", brand, skus, stored_network(detector), tiny_release.encoders(), regression)
    return folder


@pytest.mark.parametrize("brand", ["ONE", "TWO"])
def test_a_release_of_any_brand_may_use_it(store: ModelStore, best: Path, tmp_path: Path, brand: str) -> None:
    release = publish(bundle_with(import_detector(best, "Shelves"), tmp_path / brand, brand))
    activate(release, prove)
    assert str(release) == f"TINY/{brand}@1"


def test_releases_share_its_file_with_it(store: ModelStore, best: Path, tmp_path: Path) -> None:
    detector = import_detector(best, "Shelves")
    before = len(files(store))
    publish(bundle_with(detector, tmp_path / "one"))
    assert len(files(store)) == before + 6  # two encoders and a classifier, and what they answered


def test_golden_answers_do_not_decide_what_it_is(store: ModelStore, best: Path) -> None:
    """They may differ in the last bit on another processor, where it is the same detector all the same."""
    first = import_detector(best, "Shelves")
    spec = replace(DetectorSpec(**json.loads(first.spec)), golden="0" * 64)
    Detector.objects.update(spec=json.dumps(spec.__dict__))
    assert import_detector(best, "Shelves").digest == first.digest


@pytest.mark.audit
def test_a_photo_is_answered_with_an_imported_detector(tmp_path: Path, best: Path, store: ModelStore) -> None:
    """As an operator would: import, publish, activate, ask."""
    folder = bundle_with(import_detector(best, "Shelves"), tmp_path / "bundle")
    site = install(tmp_path / "site")
    assert site.manage_json("import_detector", str(best), "--name", "Shelves") == {"detector": "Shelves"}
    site.activate(folder)
    site.manage("create_tenant", "Alpha", "--quota", "10")
    key = site.manage_json("issue_key", "alpha")["key"]
    with serving(site) as url:
        told = requests.post(
            f"{url}/api/v1/predict",
            files={"image": REFERENCE_PHOTO.read_bytes()},
            data={"category": "TINY", "brand": "IMPORTED"},
            headers={"X-API-Key": key},
            timeout=60,
        )
    assert (told.status_code, told.headers.get("X-Model-Release")) == (200, "TINY/IMPORTED@1")


def test_the_command_needs_no_torch_until_it_converts() -> None:
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'skuapi.settings'; django.setup(); "
        "import modelstore.management.commands.import_detector; print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "False"
