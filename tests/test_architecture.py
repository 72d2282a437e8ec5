"""The rules of the house that a machine can check: who imports whom, and where what is written."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("skuapi", "staff", "tenants", "modelstore", "inference", "database")
MAY_IMPORT = {
    "skuapi": {"skuapi", "staff", "tenants", "modelstore", "inference", "database"},
    "tenants": {"tenants", "staff", "database"},
    "modelstore": {"modelstore", "staff", "inference", "database"},
    "staff": {"staff", "database"},
    "inference": {"inference"},
    "database": {"database"},
}
FOREIGN_TO_INFERENCE = {"django", "rest_framework", "environs", "requests", "celery", "demo", "bench", "tests"}
READS_ENVIRONMENT = {"skuapi/settings/environment.py", "skuapi/gunicorn_conf.py", "skuapi/local_env.py"}
ERROR_STATUSES = set(range(400, 600))
UNPICKLERS = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "cloudpickle"}
VAGUE_NAMES = {"utils", "helpers", "services", "common", "misc", "util", "helper", "service"}


@cache
def sources() -> dict[str, ast.Module]:
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text()) for file in files}


def imported(tree: ast.Module) -> Iterator[str]:
    """Dotted names of everything a module imports, at any depth of its code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def package_of(path: str) -> str:
    return path.split("/", 1)[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_run_one_way(package: str) -> None:
    wrong = [
        f"{path} imports {name}"
        for path, tree in sources().items()
        if package_of(path) == package and "/migrations/" not in path
        for name in imported(tree)
        if package_of(name.replace(".", "/")) in set(PACKAGES) - MAY_IMPORT[package]
    ]
    assert wrong == []


def test_inference_knows_neither_the_web_nor_the_demo() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, tree in sources().items()
        if package_of(path) == "inference"
        for name in imported(tree)
        if name.split(".")[0] in FOREIGN_TO_INFERENCE
    ]
    assert wrong == []


def test_the_service_imports_neither_demo_nor_bench_nor_tests() -> None:
    allowed = re.compile(r".*/management/commands/.*")
    wrong = [
        f"{path} imports {name}"
        for path, tree in sources().items()
        if not allowed.fullmatch(path)
        for name in imported(tree)
        if name.split(".")[0] in {"demo", "bench", "tests"}
    ]
    assert wrong == []


def environment_reads(tree: ast.Module) -> Iterator[int]:
    """Lines that read os.environ. Telling a library its settings by `setdefault` or `update` is no reading."""
    written = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("setdefault", "update")
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("environ", "getenv", "environb")
            and id(node) not in written
        ):
            yield node.lineno


def test_environment_variables_are_read_in_the_settings_only() -> None:
    readers = {path for path, tree in sources().items() if any(environment_reads(tree))}
    assert readers <= READS_ENVIRONMENT


def error_statuses(tree: ast.Module) -> Iterator[int]:
    """Values of `status=` and `status_code =` that are written as numbers of errors."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("status", "status_code"):
            yield from numbers(node.value)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {getattr(target, "id", getattr(target, "attr", "")) for target in targets}
            if names & {"status", "status_code"}:
                yield from numbers(node.value)


def numbers(node: ast.AST) -> Iterator[int]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, int) and part.value in ERROR_STATUSES:
            yield part.value


def test_status_numbers_of_errors_are_written_in_one_table() -> None:
    """Roboflow's and Vody's bodies repeat their status, which is why `wire/` may compare with one."""
    writers = {path for path, tree in sources().items() if any(error_statuses(tree))}
    assert writers <= {"skuapi/errors.py"}


def test_below_the_edge_no_exception_knows_a_status() -> None:
    """Admin's pages are an edge of their own."""
    words = re.compile(r"HTTP_\d{3}|Http404|HttpResponse|JsonResponse")
    below = [path for path in sources() if package_of(path) in ("inference", "modelstore") and "/admin/" not in path]
    assert [path for path in below if words.search((ROOT / path).read_text())] == []


def test_responses_are_keyed_in_the_wire_formats_only() -> None:
    """A dictionary written out in a call of Response or JsonResponse is a document that `wire/` does not know."""
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in sources().items()
        if not path.startswith("skuapi/wire/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Response", "JsonResponse")
        if any(isinstance(argument, ast.Dict) and argument.keys for argument in node.args)
    ]
    assert wrong == []


def test_nothing_is_unpickled() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, tree in sources().items()
        for name in imported(tree)
        if name.split(".")[0] in UNPICKLERS
    ]
    assert wrong == []


def test_nothing_calls_a_loader_that_unpickles() -> None:
    calls = re.compile(
        r"(?<!safetensors\.)torch\.load\(|np\.load\(|load_state_dict_from_url|torch\.hub\.|\bYOLO\(|allow_pickle=True"
    )
    assert [path for path in sources() if calls.search((ROOT / path).read_text())] == []


def test_files_are_named_for_their_one_job() -> None:
    assert [path for path in sources() if Path(path).stem in VAGUE_NAMES] == []


def fresh_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


HEAVY = "{'torch', 'ultralytics', 'transformers', 'open_clip', 'sklearn', 'cv2'} & set(sys.modules)"
DJANGO = "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'skuapi.settings'; django.setup(); "


def test_the_web_side_starts_without_torch() -> None:
    """Nothing touches CUDA before the fork, and a host that only talks HTTP needs no torch."""
    commands = "import modelstore.management.commands.publish_release as _; import modelstore.admin as _; "
    assert fresh_python(DJANGO + f"import skuapi.urls, skuapi.wsgi; {commands} print(sorted({HEAVY}))") == "[]"


def test_what_a_process_starts_after_importing_ultralytics_uses_all_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """It sets OMP_NUM_THREADS to 1 where nobody has set it; servers are started by such processes, too."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    child = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import torch; print(torch.get_num_threads())'])"
    )
    cores = len(os.sched_getaffinity(0))
    assert fresh_python(DJANGO + f"import inference.detector; {child}") == str(cores)


def test_manage_py_check_never_imports_torch() -> None:
    command = "from django.core.management import call_command; call_command('check', verbosity=0); "
    assert fresh_python(DJANGO + command + f"print(sorted({HEAVY}))") == "[]"


def test_images_and_annotation_need_no_torch() -> None:
    modules = "inference.images, inference.annotation, inference.analysis, inference.manifest, inference.file_store"
    assert fresh_python(f"import sys, {modules}; print(sorted({HEAVY}))") == "[]"
