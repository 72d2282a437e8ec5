"""Every setting: `environment` reads what operators choose; `framework` and `theme` tell Django and admin the rest."""

from skuapi.settings.environment import *  # noqa: F403
from skuapi.settings.framework import *  # noqa: F403
from skuapi.settings.theme import UNFOLD as UNFOLD
