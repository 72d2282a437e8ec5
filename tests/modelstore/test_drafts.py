"""A draft has its number and its files, and answers nobody until it is published and activated."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from modelstore.catalogue import answering_releases, model_set_for
from modelstore.errors import ModelNotFound, PublishRefused
from modelstore.models import Release
from modelstore.proving import prove
from modelstore.publishing import activate, publish, publish_draft
from modelstore.store import ModelStore
from tenants.models import Tenant
from tests.modelstore.conftest import Bundle
from tests.modelstore.test_activation import active
from tests.modelstore.test_audit_trail import trail


@pytest.fixture
def draft(store: ModelStore, bundle: Bundle) -> Release:
    return publish(bundle(), draft=True, who="mona")


def told(output: pytest.CaptureFixture[str], *arguments: str) -> Any:
    call_command(*arguments, "--json")
    return json.loads(output.readouterr().out)


def test_a_draft_takes_the_next_version(draft: Release, bundle: Bundle) -> None:
    assert (str(draft), draft.status) == ("TINY/ONE@1", "draft")
    assert publish(bundle(seed=2)).version == 2


def test_a_draft_is_not_activated(draft: Release) -> None:
    with pytest.raises(PublishRefused, match=r"TINY/ONE@1 is a draft\. Publish it first"):
        activate(draft, prove)
    assert active() == []


def test_tenants_never_see_a_draft(draft: Release) -> None:
    tenant = Tenant.objects.create(name="Alpha")
    assert answering_releases(tenant) == []
    with pytest.raises(ModelNotFound):
        model_set_for(tenant, "TINY", "ONE")


def test_a_published_draft_can_be_activated(draft: Release) -> None:
    publish_draft(draft)
    activate(draft, prove)
    assert active() == ["TINY/ONE@1"]


def test_a_draft_is_published_once(draft: Release) -> None:
    assert [publish_draft(draft, "omar"), publish_draft(draft, "omar")] == [True, False]
    assert trail() == ["TINY/ONE@1 drafted by mona", "TINY/ONE@1 published by omar"]


def test_publishing_the_bundle_of_a_draft_publishes_the_draft(draft: Release, bundle: Bundle) -> None:
    again = publish(bundle())
    assert (again.pk, again.status) == (draft.pk, "published")


def test_a_published_release_does_not_become_a_draft_again(store: ModelStore, bundle: Bundle) -> None:
    publish(bundle())
    assert publish(bundle(), draft=True).status == "published"


def test_publish_release_keeps_a_draft(store: ModelStore, bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "publish_release", str(bundle()), "--draft")["status"] == "draft"


def test_publish_release_publishes_a_draft_by_its_name(draft: Release, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "publish_release", "tiny/one@1")["status"] == "published"


def test_a_draft_that_shall_be_active_at_once_is_a_contradiction(store: ModelStore, bundle: Bundle) -> None:
    with pytest.raises(CommandError, match="not allowed with argument"):
        call_command("publish_release", str(bundle()), "--draft", "--activate")


@pytest.mark.parametrize("name", ["TINY/ONE@2", "م" * 300, "TINY/" + "x" * 300 + "@1"])
def test_a_name_that_is_neither_a_draft_nor_a_folder_is_told(draft: Release, name: str) -> None:
    with pytest.raises(CommandError, match="is no bundle"):
        call_command("publish_release", name)
