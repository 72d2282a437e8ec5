"""Every setting of the service: `environment` reads what operators choose, `framework` is what Django is told."""

from skuapi.settings.environment import *  # noqa: F403
from skuapi.settings.framework import *  # noqa: F403
