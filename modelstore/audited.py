"""What of models is in the audit trail besides the events of releases, which are a trail of their own."""

from modelstore.models import Detector, Evaluation, ModelLine, Onboarding
from staff.audit import register

# Their rows change by events alone (modelstore.audit), or by what workers and photos count.
OWN_TRAIL = {"Release", "ReleaseEvent", "Canary", "CanaryComparison", "OnboardingPhoto"}


def register_all() -> None:
    register(ModelLine, "category", "brand")
    register(Detector, "name", "digest", "classes")
    register(Evaluation, "release", "report", "photos", "who", "why")
    register(Onboarding, "line", "sku", "as_large_as", "who")
