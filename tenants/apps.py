"""Django's entry for this package."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Tenants, keys and usage"

    def ready(self) -> None:
        from tenants import audited

        audited.register_all()
