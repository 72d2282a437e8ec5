"""Every setting of the service: `environment` reads what operators choose, `framework` is what Django is told."""

from skuapi.settings.environment import *  # noqa: F403 - every name of it is a setting
from skuapi.settings.framework import *  # noqa: F403 - every name of it is a setting
