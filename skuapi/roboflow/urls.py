"""Addresses that Roboflow's clients call.

Clients whose base address ends in a slash write two of them, so any number is taken; nothing is ever redirected: a
redirected POST comes back as a GET without its image. Reserved words come first: they look like a slug.
"""

from django.urls import re_path

from skuapi.roboflow.hosted import HostedView
from skuapi.roboflow.infer import ClassificationView, DetectionView
from skuapi.roboflow.registry import AddView, ClearView, InfoView, RegistryView, RemoveView
from skuapi.roboflow.view import NothingHere

BASE = r"^roboflow/+(?:(?P<base>classify|detect)/+)?"

urlpatterns = [
    re_path(rf"{BASE}info/*$", InfoView.as_view(), name="roboflow_info"),
    re_path(rf"{BASE}model/+registry/*$", RegistryView.as_view(), name="roboflow_registry"),
    re_path(rf"{BASE}model/+add/*$", AddView.as_view(), name="roboflow_add"),
    re_path(rf"{BASE}model/+remove/*$", RemoveView.as_view(), name="roboflow_remove"),
    re_path(rf"{BASE}model/+clear/*$", ClearView.as_view(), name="roboflow_clear"),
    re_path(rf"{BASE}infer/+classification/*$", ClassificationView.as_view(), name="roboflow_classification"),
    re_path(rf"{BASE}infer/+object_detection/*$", DetectionView.as_view(), name="roboflow_object_detection"),
    re_path(rf"{BASE}(?:model|infer|info)(?:/|$)", NothingHere.as_view(), name="roboflow_nothing"),
    re_path(rf"{BASE}(?P<slug>[^/]+)/+(?P<version>[^/]+)/*$", HostedView.as_view(), name="roboflow_hosted"),
    re_path(r"^roboflow(?:/|$)", NothingHere.as_view(), name="roboflow_nothing"),
]
