"""Models in Django admin: what answers for which brand, which did before, who changed it, and SKUs being added."""

from modelstore.admin.audit_trail import ReleaseEventAdmin
from modelstore.admin.detector import DetectorAdmin
from modelstore.admin.model_line import ModelLineAdmin
from modelstore.admin.onboarding import OnboardingAdmin
from modelstore.admin.release import ReleaseAdmin

__all__ = ["DetectorAdmin", "ModelLineAdmin", "OnboardingAdmin", "ReleaseAdmin", "ReleaseEventAdmin"]
