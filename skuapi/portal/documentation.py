"""The published documentation, with this server's own address and, for the demo, its key."""

from typing import Any

from django.http import HttpRequest

from skuapi.portal.code_table import code_table
from skuapi.portal.demo_key import demo_key
from skuapi.portal.documents import CURRENT
from skuapi.portal.examples import PLACEHOLDER, examples
from skuapi.portal.page import Page


def own_address(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


class DocumentationPage(Page):
    template_name = "docs/page.html"
    document = CURRENT

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address, key = own_address(self.request), demo_key(self.request, self.document.key_name)
        return super().get_context_data(
            here="docs",
            document=self.document,
            address=address,
            shows_demo_key=bool(key),
            key=key or PLACEHOLDER,
            examples=examples(self.document.version, address, key),
            codes=code_table(),
            **kwargs,
        )
