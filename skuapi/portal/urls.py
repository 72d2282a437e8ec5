"""Addresses of the pages."""

from django.urls import path

from skuapi.portal.documentation import DocumentationPage
from skuapi.portal.documents import FIRST
from skuapi.portal.login import LoginPage, LogoutPage
from skuapi.portal.plain_files import favicon, robots

urlpatterns = [
    path("", DocumentationPage.as_view(), name="docs"),
    path("docs/v1", DocumentationPage.as_view(document=FIRST), name="docs-v1"),
    path("api/login", LoginPage.as_view(), name="login"),
    path("api/logout", LogoutPage.as_view(), name="logout"),
    path("robots.txt", robots),
    path("favicon.ico", favicon),
]
