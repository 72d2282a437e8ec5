"""Every address of the service."""

from django.apps import apps
from django.contrib import admin
from django.urls import include, path, re_path

from skuapi.account import ModelsView, NowhereView, StatusView, UsageView
from skuapi.onboarding_trial import try_it
from skuapi.predict import PredictView
from skuapi.tenant_trial import try_as_tenant

handler400 = "skuapi.errors.bad_request"
handler403 = "skuapi.errors.forbidden"
handler404 = "skuapi.errors.not_found"
handler500 = "skuapi.errors.failed"

admin.site.site_header = admin.site.site_title = "SKU Detection Predict API"
admin.site.index_title = "Tenants, keys and models"
for queued in apps.get_app_config("django_q").get_models():
    if admin.site.is_registered(queued):  # their pages would unpickle what they show
        admin.site.unregister(queued)

urlpatterns = [
    path("api/v1/predict", PredictView.as_view(), name="predict"),
    path("api/v1/status", StatusView.as_view(), name="status"),
    path("api/v1/models", ModelsView.as_view(), name="models"),
    path("api/v1/usage", UsageView.as_view(), name="usage"),
    path("admin/modelstore/onboarding/<int:pk>/try/", admin.site.admin_view(try_it), name="onboarding_trial"),
    path("admin/tenants/tenant/<int:pk>/try/", admin.site.admin_view(try_as_tenant), name="tenant_trial"),
    path("admin/", admin.site.urls),
    path("", include("skuapi.portal.urls")),
    path("", include("skuapi.roboflow.urls")),
    re_path(r"^api/", NowhereView.as_view()),
]
