"""From what was fitted to a published release: nothing is published that is not whole."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from modelstore.errors import TrainingRefused
from modelstore.models import Release
from modelstore.publishing import publish


def published(write: Callable[[Path], object], draft: bool) -> Release:
    """write: puts the bundle into the folder that it is given. Raises TrainingRefused and PublishRefused."""
    try:
        with TemporaryDirectory() as scratch:
            folder = Path(scratch) / "bundle"
            write(folder)
            return publish(folder, draft=draft)
    except OSError as error:
        raise TrainingRefused(
            f"The release cannot be written: {error}. Nothing was published. Make room in {gettempdir()} and try again."
        ) from error
