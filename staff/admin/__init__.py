"""Staff themselves, in admin."""

from staff.admin.people import GroupAdmin, UserAdmin

__all__ = ["GroupAdmin", "UserAdmin"]
