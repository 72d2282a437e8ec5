"""Months as arguments of commands."""

from argparse import ArgumentTypeError
from datetime import UTC, date, datetime


def month(text: str) -> date:
    """`2026-11`: its first day."""
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no month. Write it as 2026-11.") from error
