"""The page of a report. Everything in it may come from an uploaded bundle; the templates escape it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from modelstore.evaluation.page import words
from modelstore.evaluation.page.figures import encoder_rows, key_rows, rows, tag_rows
from modelstore.evaluation.page.pictures import Picture, picture
from modelstore.evaluation.page.plots import PrecisionPlot, ReliabilityPlot, precision_plot, reliability_plot
from modelstore.evaluation.page.vocabulary import VOCABULARIES, Vocabulary
from modelstore.evaluation.report import Report
from modelstore.evaluation.summary import NamedConfusion, Summary, summarised

_SHOWN = 6
_MOST = 20


@dataclass(frozen=True)
class Mixup:
    """A confusion with its pictures; `own`, `other`: one of each SKU that was answered rightly, where there is one."""

    told: NamedConfusion
    wrong: tuple[Picture, ...]
    own: Picture | None
    other: Picture | None


@dataclass(frozen=True, eq=False)
class Page:
    """What the templates under modelstore/report draw."""

    summary: Summary
    opening: str
    key: list[Any]
    rows: list[Any]
    intervals: str
    encoders: list[Any]
    reliability: ReliabilityPlot | None
    calibration: str
    precision: PrecisionPlot | None
    mixups: tuple[Mixup, ...]
    more_mixups: tuple[Mixup, ...]
    untold_mixups: int
    how: str
    asked: str
    learnt: str
    say: Vocabulary
    tags: list[Any]


def page_of(report: Report, release: str) -> Page:
    """release: its name."""
    summary = summarised(report, release)
    mixups = tuple(_mixups(summary, report.pictures))
    judged, coverage = summary.reliability, summary.figures.get("coverage_at_95_precision")
    return Page(
        summary=summary,
        opening=words.opening(summary),
        key=key_rows(summary),
        rows=rows(summary),
        intervals=words.intervals(summary),
        encoders=encoder_rows(summary),
        reliability=reliability_plot(judged) if judged else None,
        calibration=words.calibration(judged) if judged else "",
        precision=precision_plot(summary.precision, coverage.value) if coverage else None,
        mixups=mixups[:_SHOWN],
        more_mixups=mixups[_SHOWN:],
        untold_mixups=max(len(summary.confusions) - _MOST, 0),
        how=words.how_measured(summary),
        asked=words.asked_about(summary),
        learnt=words.learnt_from(summary),
        say=VOCABULARIES[summary.task],
        tags=tag_rows(summary),
    )


def document(page: Page) -> str:
    """One HTML file that needs no other."""
    return render_to_string("modelstore/report/document.html", {"report": page})


def _mixups(summary: Summary, pictures: Mapping[str, bytes]) -> Iterator[Mixup]:
    for told in summary.confusions[:_MOST]:
        wrong = [shown for name in told.pictures if (shown := picture(pictures, name))]
        yield Mixup(told, tuple(wrong), picture(pictures, told.own), picture(pictures, told.other))
