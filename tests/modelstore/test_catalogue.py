"""What a tenant may ask for, however the name is written, and what it is not told."""

import pytest

from modelstore.catalogue import answering_releases, fallback_for, model_set, model_set_for
from modelstore.errors import ModelNotFound
from modelstore.models import ModelLine, Release
from modelstore.publishing import activate
from tenants.models import Tenant
from tests.modelstore.conftest import Published
from tests.modelstore.test_activation import no_proof


@pytest.fixture
def tenant(db: None) -> Tenant:
    return Tenant.objects.create(name="Alpha", monthly_quota=10)


@pytest.fixture
def serving(published: Published) -> Published:
    def serve(brand: str = "ONE", seed: int = 0) -> Release:
        release = published(brand, seed)
        activate(release, no_proof)
        return release

    return serve


@pytest.mark.parametrize("name", ["CAFÉ", "café", "  Café ", "cafe\u0301"])
def test_a_brand_is_found_however_it_is_written(tenant: Tenant, serving: Published, name: str) -> None:
    serving("Café")
    assert model_set_for(tenant, " tiny ", name).name == "TINY/Café@1"


@pytest.mark.parametrize("name", ["", "TWO", "ONE%", "O_E", "../ONE", "ONE\0", "'; --", "x" * 200, "ONE@1"])
def test_a_brand_that_nobody_published_is_not_found(tenant: Tenant, serving: Published, name: str) -> None:
    serving("ONE")
    with pytest.raises(ModelNotFound, match="no trained model found"):
        model_set_for(tenant, "TINY", name)


def test_a_release_that_is_not_active_is_not_found(tenant: Tenant, published: Published) -> None:
    published()
    with pytest.raises(ModelNotFound):
        model_set_for(tenant, "TINY", "ONE")


def test_another_release_is_another_digest_from_the_next_request_on(tenant: Tenant, serving: Published) -> None:
    serving(seed=1)
    before = model_set_for(tenant, "TINY", "ONE")
    serving(seed=2)
    after = model_set_for(tenant, "TINY", "ONE")
    assert (before.name, after.name) == ("TINY/ONE@1", "TINY/ONE@2")
    assert before.digest != after.digest


def test_a_new_tenant_may_use_every_active_release(tenant: Tenant, serving: Published) -> None:
    serving("ONE")
    serving("TWO")
    assert [str(release) for release in answering_releases(tenant)] == ["TINY/ONE@1", "TINY/TWO@1"]


@pytest.fixture
def restricted(tenant: Tenant, serving: Published) -> Tenant:
    """May use ONE, and neither TWO nor what comes later."""
    serving("ONE")
    serving("TWO")
    tenant.restrict_models = True
    tenant.save()
    tenant.allowed_lines.add(ModelLine.objects.get(brand="ONE"))
    return tenant


def test_a_restricted_tenant_sees_its_own_lines_only(restricted: Tenant) -> None:
    assert [str(release) for release in answering_releases(restricted)] == ["TINY/ONE@1"]


def test_a_line_of_others_is_refused_in_the_words_of_one_that_does_not_exist(restricted: Tenant) -> None:
    def words(brand: str) -> str:
        with pytest.raises(ModelNotFound) as refused:
            model_set_for(restricted, "TINY", brand)
        return str(refused.value).replace(brand, "BRAND")

    assert words("TWO") == words("NOWHERE")


def test_a_tenant_restricted_to_nothing_may_use_nothing(restricted: Tenant) -> None:
    restricted.allowed_lines.clear()
    assert answering_releases(restricted) == []


def test_a_refused_release_gives_way_to_the_one_before_and_says_why(serving: Published) -> None:
    first, second = serving(seed=1), serving(seed=2)
    earlier = fallback_for(model_set(second), "damaged")
    assert earlier is not None
    assert earlier.digest == first.digest
    assert Release.objects.get(version=2).refusal == "damaged"


def test_a_release_that_was_refused_once_is_tried_again_before_one_refused_just_now(serving: Published) -> None:
    """It may have been repaired since, and nothing else is left."""
    first, second, third = (serving(seed=seed) for seed in (1, 2, 3))
    Release.objects.filter(pk=first.pk).update(refusal="damaged last year")
    fallback_for(model_set(third), "damaged")
    earlier = fallback_for(model_set(second), "damaged", tried={third.digest})
    assert earlier is not None
    assert earlier.digest == first.digest


def test_a_refused_release_without_an_earlier_one_gives_way_to_nothing(serving: Published) -> None:
    assert fallback_for(model_set(serving()), "damaged") is None


@pytest.mark.parametrize("brand", ["a/b", "../x", "x@3"])
def test_a_line_whose_name_has_slashes_falls_back_as_well(serving: Published, brand: str) -> None:
    serving(brand, 1)
    assert fallback_for(model_set(serving(brand, 2)), "damaged") is not None


@pytest.mark.parametrize("brand", ["ONE", "a/b", "../x", "x@3", "مشروبات"])
def test_a_release_is_found_by_the_name_it_is_shown_by(published: Published, brand: str) -> None:
    release = published(brand)
    assert Release.called(str(release)) == release


@pytest.mark.parametrize(
    "name",
    ["", "TINY/ONE", "TINY/ONE@", "TINY/ONE@x", "TINY/ONE@2", "TINY@1", "@1", "TINY/ONE@٣", "TINY/ONE@" + "9" * 40],
)
def test_a_name_that_is_no_release_is_not_found(published: Published, name: str) -> None:
    published()
    with pytest.raises(Release.DoesNotExist):
        Release.called(name)
