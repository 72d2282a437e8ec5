"""Lines, their releases, what happened to them, and the detectors that any of them may use."""

from modelstore.models.detector import Detector
from modelstore.models.model_line import ModelLine
from modelstore.models.release import Release, release_name
from modelstore.models.release_event import ReleaseEvent

__all__ = ["Detector", "ModelLine", "Release", "ReleaseEvent", "release_name"]
