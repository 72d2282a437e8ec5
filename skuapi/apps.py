from django.apps import AppConfig


class SkuapiConfig(AppConfig):
    name = "skuapi"

    def ready(self) -> None:
        from django.conf import settings

        from skuapi import checks, cors  # noqa: F401 - importing registers them
        from skuapi.fetch.allowed import read_entries

        read_entries(tuple(settings.FETCH_ALLOWED_HOSTS))  # a wrong entry stops the start, not the first fetch
