"""Lines, their releases, what happened to them, canaries, SKUs being added, and the detectors that any may use."""

from modelstore.models.canary import Canary, CanaryComparison
from modelstore.models.detector import Detector
from modelstore.models.evaluation import Evaluation
from modelstore.models.model_line import ModelLine
from modelstore.models.onboarding import Onboarding, OnboardingPhoto
from modelstore.models.release import Release, release_name
from modelstore.models.release_event import ReleaseEvent

__all__ = [
    "Canary",
    "CanaryComparison",
    "Detector",
    "Evaluation",
    "ModelLine",
    "Onboarding",
    "OnboardingPhoto",
    "Release",
    "ReleaseEvent",
    "release_name",
]
