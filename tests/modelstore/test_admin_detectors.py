"""Detectors in admin: to look at, never to type."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from modelstore.detectors import import_detector
from modelstore.models import Detector
from modelstore.store import ModelStore

DETECTORS = reverse("admin:modelstore_detector_changelist")


def test_staff_see_the_detectors(admin_client: Client, store: ModelStore, best: Path) -> None:
    detector = import_detector(best, "Shelves")
    page = admin_client.get(DETECTORS).content.decode()
    assert "Shelves" in page
    assert detector.digest[:12] in page


@pytest.mark.parametrize("action", ["change", "delete"])
def test_staff_can_change_nothing_about_one(admin_client: Client, store: ModelStore, best: Path, action: str) -> None:
    detector = import_detector(best, "Shelves")
    page: Any = reverse(f"admin:modelstore_detector_{action}", args=[detector.pk])
    assert admin_client.post(page, {"name": "Mine", "post": "yes"}).status_code == 403
    assert Detector.objects.get().name == "Shelves"


def test_nobody_types_a_detector(admin_client: Client, store: ModelStore) -> None:
    assert admin_client.get(reverse("admin:modelstore_detector_add")).status_code == 403
