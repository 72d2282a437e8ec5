"""Dashboard and alerts speak of metrics that there are, in words that Prometheus understands."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

FOLDER = Path(__file__).resolve().parent.parent / "monitoring"
NAME = re.compile(r"\bsku_[a-z_]+")
SUFFIXES = ("_total", "_bucket", "_sum", "_count", "_info")


def expressions() -> Iterator[str]:
    for panel in json.loads((FOLDER / "grafana-dashboard.json").read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


def exposed() -> set[str]:
    """Names of all metrics without what Prometheus adds to them."""
    from inference.engine_status import EngineFigures
    from inference.serving import metrics as serving
    from skuapi.observability import engine_state
    from skuapi.observability import metrics as web

    values = [value for module in (serving, web) for value in vars(module).values()]
    counted = [metric for value in values if isinstance(value, MetricWrapperBase) for metric in value.describe()]
    state = list(engine_state._of_engine(EngineFigures({}, 0, 0, 0, 0, 0, {})))
    return {family.name for family in (*counted, *state)} | {"sku_engine_up"}


def test_every_metric_in_the_dashboard_and_in_the_alerts_is_exposed() -> None:
    known = exposed()
    asked = {name for text in expressions() for name in NAME.findall(text)}
    plain = {next((name.removesuffix(end) for end in SUFFIXES if name.endswith(end)), name) for name in asked}
    assert plain - known == set()


def test_every_metric_is_in_the_dashboard_or_in_an_alert() -> None:
    asked = set(NAME.findall(" ".join(expressions())))
    assert {name for name in exposed() if not any(one == name or one in _names(name) for one in asked)} == set()


def _names(metric: str) -> set[str]:
    """As Prometheus keeps it."""
    return {metric + suffix for suffix in SUFFIXES}


def test_every_alert_says_what_to_do() -> None:
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    assert all(rule["annotations"]["action"].endswith(".") for group in groups for rule in group["rules"])


def promtool(folder: Path, *arguments: str) -> str:
    """What it says against them."""
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed; it comes with Debian's package prometheus")
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return done.stderr if done.returncode else ""


def test_prometheus_takes_the_alerts() -> None:
    assert promtool(FOLDER, "check", "rules", "alerts.yml") == ""


def test_prometheus_takes_the_configuration() -> None:
    assert promtool(FOLDER, "check", "config", "--syntax-only", "prometheus.yml") == ""


def test_prometheus_understands_every_panel(tmp_path: Path) -> None:
    asked = [text.replace("$instance", ".*") for text in expressions()]
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(asked)]
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    assert promtool(tmp_path, "check", "rules", "panels.yml") == ""
