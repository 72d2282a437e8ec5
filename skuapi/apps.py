from django.apps import AppConfig


class SkuapiConfig(AppConfig):
    name = "skuapi"

    def ready(self) -> None:
        from skuapi import checks, cors  # noqa: F401 - importing registers them
