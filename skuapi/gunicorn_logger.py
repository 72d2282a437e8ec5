"""What gunicorn itself writes down."""

from typing import Any

from gunicorn.glogging import Logger

from skuapi.observability.keyless import KeylessFilter


class KeylessLogger(Logger):  # type: ignore[misc]
    """It would write down the address of a request that it cannot read."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.addFilter(KeylessFilter())
