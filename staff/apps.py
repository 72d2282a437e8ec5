"""Django's entries for this package: the package itself, and admin with a log-in of two factors."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = "Staff"

    def ready(self) -> None:
        from staff import audit, audited, roles

        audit.connect()
        audited.register_own()
        roles.connect()


class StaffAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "staff.site.StaffSite"
