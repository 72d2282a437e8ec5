"""Staff themselves in admin, for superusers; and the audit trail, for everybody who may see what it tells of."""

from django.contrib import admin
from django_otp.plugins.otp_totp.models import TOTPDevice

from staff.admin.lockouts import LockoutAdmin
from staff.admin.roles import RoleAdmin
from staff.admin.trail import TrailAdmin
from staff.admin.users import StaffUserAdmin

__all__ = ["LockoutAdmin", "RoleAdmin", "StaffUserAdmin", "TrailAdmin"]

admin.site.unregister(TOTPDevice)  # its page shows the secret to whoever may open it
