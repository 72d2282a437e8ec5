"""Lines of whole pictures beside those of shelves: who may ask for what, and what is not theirs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from inference.manifest import Task
from modelstore import canaries
from modelstore.archive import packed, publish_archive
from modelstore.catalogue import answering_releases, model_set_for, release_at
from modelstore.errors import CanaryRefused, ModelNotFound, OnboardingRefused, PublishRefused
from modelstore.models import ModelLine, Release
from modelstore.onboarding.intake import answered
from modelstore.publishing import activate, publish, roll_back
from tenants.models import Tenant
from tests import tiny_release
from tests.modelstore.conftest import Published
from tests.modelstore.test_activation import no_proof

Classifier = Callable[..., Release]


@pytest.fixture
def classifier(published: Published, tmp_path: Path) -> Classifier:
    """CLASSIFICATION/damage beside TINY/ONE@1, which is active."""
    activate(published(), no_proof)

    def make(seed: int = 0, task: Task = "multi_label", draft: bool = False, slug: str = "damage") -> Release:
        folder = tmp_path / "classifiers" / f"{slug}-{task}-{seed}"
        tiny_release.write_classifier(folder, slug, task, ("dent", "severe"), seed)
        return publish(folder, draft)

    return make


@pytest.fixture
def tenant(db: None) -> Tenant:
    return Tenant.objects.create(name="Alpha", monthly_quota=10)


def test_a_version_is_found_by_slug_and_number_though_none_is_active(classifier: Classifier, tenant: Tenant) -> None:
    first, second = classifier(1), classifier(2)
    found = [release_at(tenant, "damage", version) for version in (1, 2)]
    assert [(models.name, models.digest) for models in found] == [
        ("CLASSIFICATION/damage@1", first.digest), ("CLASSIFICATION/damage@2", second.digest),
    ]  # fmt: skip


def test_an_old_client_keeps_its_model_when_another_becomes_active(classifier: Classifier, tenant: Tenant) -> None:
    first = classifier(1)
    for release in (first, classifier(2)):
        activate(release, no_proof)
    assert release_at(tenant, "damage", 1).digest == first.digest


def test_releases_of_shelves_are_found_so_as_well(classifier: Classifier, tenant: Tenant) -> None:
    classifier()
    assert release_at(tenant, "tiny-one", 1).name == "TINY/ONE@1"


def test_a_draft_is_not_found(classifier: Classifier, tenant: Tenant) -> None:
    classifier(draft=True)
    with pytest.raises(ModelNotFound):
        release_at(tenant, "damage", 1)


@pytest.mark.parametrize(
    ("slug", "version"),
    [
        ("damage", 0), ("damage", -1), ("damage", 2), ("damage", 2**31), ("damage", 10**30), ("Damage", 1), ("", 1),
        ("dam\0age", 1), ("damage\n", 1), ("damage%", 1), ("../damage", 1), ("عصير", 1), ("x" * 100_000, 1),
    ],
)  # fmt: skip
def test_what_cannot_be_is_not_found(classifier: Classifier, tenant: Tenant, slug: str, version: int) -> None:
    classifier()
    with pytest.raises(ModelNotFound):
        release_at(tenant, slug, version)


@pytest.fixture
def restricted(classifier: Classifier, tenant: Tenant) -> Tenant:
    """May use `damage`, and not `secret`."""
    classifier()
    classifier(slug="secret")
    tenant.restrict_models = True
    tenant.save()
    tenant.allowed_lines.add(ModelLine.objects.get(slug="damage"))
    return tenant


def test_a_restricted_tenant_finds_its_own_lines_only(restricted: Tenant) -> None:
    assert release_at(restricted, "damage", 1).name == "CLASSIFICATION/damage@1"


def test_another_tenants_model_is_refused_in_the_words_of_one_that_does_not_exist(restricted: Tenant) -> None:
    def words(slug: str) -> str:
        with pytest.raises(ModelNotFound) as refused:
            release_at(restricted, slug, 1)
        return str(refused.value).replace(slug, "…")

    assert words("secret") == words("nowhere")


@pytest.mark.parametrize("restrict", [False, True])
def test_finding_a_version_is_one_query(
    restricted: Tenant, restrict: bool, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    restricted.restrict_models = restrict
    release_at(restricted, "damage", 1)  # its manifest is read once per process
    with django_assert_num_queries(1):
        release_at(restricted, "damage", 1)


def test_predict_does_not_know_a_classifier(classifier: Classifier, tenant: Tenant) -> None:
    release = classifier()
    activate(release, no_proof)
    with pytest.raises(ModelNotFound):
        model_set_for(tenant, "CLASSIFICATION", "damage")
    with pytest.raises(ModelNotFound):
        model_set_for(tenant, "CLASSIFICATION", "damage", [release.pk])


def test_a_classifier_is_not_among_the_models_for_shelves(classifier: Classifier, tenant: Tenant) -> None:
    activate(classifier(), no_proof)
    assert [str(release) for release in answering_releases(tenant)] == ["TINY/ONE@1"]


def test_releases_of_a_classifier_are_rolled_back_as_others(classifier: Classifier) -> None:
    releases = classifier(1), classifier(2)
    for release in releases:
        activate(release, no_proof)
    assert roll_back(releases[0].line, no_proof) == releases[0]


def test_a_shelf_release_is_not_published_on_a_line_of_whole_pictures(classifier: Classifier, tmp_path: Path) -> None:
    classifier()
    tiny_release.write(tmp_path / "shelf", "damage", category="CLASSIFICATION")
    with pytest.raises(PublishRefused, match="Publish it under a category and brand of its own"):
        publish(tmp_path / "shelf")


def test_a_refused_bundle_of_the_other_kind_stores_nothing(classifier: Classifier, tmp_path: Path) -> None:
    from modelstore.store import model_store

    classifier()
    manifest = tiny_release.write(tmp_path / "shelf", "damage", seed=77, category="CLASSIFICATION")
    with pytest.raises(PublishRefused):
        publish(tmp_path / "shelf")
    with pytest.raises(FileNotFoundError):
        model_store().read(manifest.head.weights)


def test_a_single_label_release_may_follow_a_multi_label_one(classifier: Classifier) -> None:
    assert [classifier(1).version, classifier(2, "single_label").version] == [1, 2]


def test_a_canary_of_whole_pictures_is_refused(classifier: Classifier) -> None:
    activate(classifier(1), no_proof)
    with pytest.raises(CanaryRefused, match="canaries read shelves"):
        canaries.start(classifier(2), 10, no_proof)


def test_a_sku_cannot_be_added_to_whole_pictures(classifier: Classifier) -> None:
    release = classifier()
    activate(release, no_proof)
    with pytest.raises(OnboardingRefused, match=r"manage\.py train_classifier"):
        answered(release.line)


def test_a_classifier_travels_as_a_zip(classifier: Classifier) -> None:
    release = classifier()
    with packed(release) as file:
        assert publish_archive(file, "mona", "from there") == release


def test_the_doctor_examines_a_classifier(classifier: Classifier, capsys: pytest.CaptureFixture[str]) -> None:
    activate(classifier(), no_proof)
    call_command("check_models")
    assert "CLASSIFICATION/damage@1" in capsys.readouterr().out


def test_releases_are_listed_with_the_name_that_requests_use(
    classifier: Classifier, capsys: pytest.CaptureFixture[str]
) -> None:
    classifier()
    call_command("list_releases", "--json")
    rows = json.loads(capsys.readouterr().out.splitlines()[-1])["releases"]
    assert {(row["model"], row["kind"]) for row in rows} == {("tiny-one/1", "shelf"), ("damage/1", "whole_image")}


def test_a_damaged_classifier_is_found_by_the_doctor(classifier: Classifier) -> None:
    from inference.manifest import loads
    from modelstore.store import model_store
    from tests.modelstore.conftest import stored_file

    release = classifier()
    activate(release, no_proof)
    stored_file(model_store(), loads(release.manifest.encode()).head.golden).write_bytes(b"damaged")
    with pytest.raises(CommandError, match="not sound"):
        call_command("check_models")


def test_the_page_of_a_line_says_how_it_is_asked_and_offers_nothing_for_shelves(
    classifier: Classifier, admin_client: Client
) -> None:
    release = classifier()
    activate(release, no_proof)
    page = admin_client.get(f"/admin/modelstore/modelline/{release.line_id}/change/").content.decode()
    assert "damage/1" in page
    assert "Add a SKU" not in page
    assert "Start the canary" not in page


def test_adding_a_sku_by_its_address_is_refused_with_a_sentence(classifier: Classifier, admin_client: Client) -> None:
    release = classifier()
    answer = admin_client.get(f"/admin/modelstore/modelline/{release.line_id}/add-sku/", follow=True)
    assert "classifies whole pictures, and has no SKUs" in answer.content.decode()
