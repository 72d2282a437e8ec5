"""Models in Django admin: what answers for which brand, which did before, and who changed it."""

from modelstore.admin.detector import DetectorAdmin
from modelstore.admin.model_line import ModelLineAdmin
from modelstore.admin.release import ReleaseAdmin

__all__ = ["DetectorAdmin", "ModelLineAdmin", "ReleaseAdmin"]
