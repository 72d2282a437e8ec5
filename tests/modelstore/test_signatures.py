"""Where keys are set, a release answers only with a signature by one of them."""

import io
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from inference.manifest import loads
from modelstore import signatures
from modelstore.archive import packed, publish_archive
from modelstore.catalogue import check_signed, model_set
from modelstore.errors import PublishRefused
from modelstore.models import Release
from modelstore.proving import prove
from modelstore.publishing import activate, publish
from modelstore.store import ModelStore
from tests.modelstore.conftest import Bundle, Published
from tests.modelstore.test_activation import active
from tests.modelstore.test_archive import Members, files_of, members, zipped  # noqa: F401 - fixtures
from tests.modelstore.test_audit_trail import trail


@pytest.fixture
def public(settings: Settings) -> str:
    """Of the key that this installation signs with."""
    settings.RELEASE_SIGNING_KEY, public = signatures.new_key()
    return public


def told(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def test_what_is_released_here_is_signed(public: str, published: Published) -> None:
    release = published()
    assert signatures.check(release.digest, release.signature) == public


def test_without_keys_nothing_is_signed_or_demanded(published: Published) -> None:
    release = published()
    activate(release, prove)
    assert (release.signature, active()) == ("", ["TINY/ONE@1"])


def test_an_installation_that_trusts_the_key_takes_the_bundle(
    public: str, published: Published, settings: Settings
) -> None:
    carried = io.BytesIO(packed(published()).read())
    Release.objects.get().events.all().delete()
    Release.objects.all().delete()
    settings.RELEASE_SIGNING_KEY, settings.RELEASE_TRUSTED_KEYS = "", [signatures.new_key()[1], public]
    arrived = publish_archive(carried, "mona", "Uploaded.")
    assert signatures.check(arrived.digest, arrived.signature) == public


def test_a_bundle_without_a_signature_is_refused_and_leaves_nothing(
    public: str,
    store: ModelStore,
    members: Members,  # noqa: F811
) -> None:
    with pytest.raises(PublishRefused, match="is not signed"):
        publish_archive(zipped(members), "mona", "Uploaded.")
    assert [*Release.objects.all(), *files_of(store)] == []


@pytest.mark.parametrize("text", ["x", "é" * 86, "A" * 87, "A" * 85 + "\0"])
def test_what_is_no_signature_is_refused(store: ModelStore, members: Members, text: str) -> None:  # noqa: F811
    with pytest.raises(PublishRefused, match="is no signature"):
        publish_archive(zipped({**members, "manifest.sig": text.encode()}), "mona", "Uploaded.")


def test_the_signature_of_another_release_is_refused(public: str, published: Published, bundle: Bundle) -> None:
    folder = bundle(seed=2)
    (folder / "manifest.sig").write_text(published(seed=1).signature)
    with pytest.raises(PublishRefused, match="by no key that this installation trusts, or of another release"):
        publish(folder)


def test_a_signature_that_nobody_checked_takes_the_place_of_none(
    public: str, published: Published, settings: Settings
) -> None:
    release = published()
    files = unzipped(io.BytesIO(packed(release).read()))
    settings.RELEASE_SIGNING_KEY = ""
    publish_archive(zipped({**files, "manifest.sig": b"A" * 86}), "mona", "Uploaded.")
    kept = Release.objects.get().signature
    assert kept == release.signature


def unzipped(file: io.BytesIO) -> Members:
    with ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_key_that_is_not_trusted_is_refused(public: str, published: Published, settings: Settings) -> None:
    carried = io.BytesIO(packed(published()).read())
    settings.RELEASE_SIGNING_KEY = signatures.new_key()[0]
    with pytest.raises(PublishRefused, match="RELEASE_TRUSTED_KEYS"):
        publish_archive(carried, "mona", "Uploaded.")


def test_a_folder_brings_its_signature_along(
    public: str, published: Published, settings: Settings, tmp_path: Path
) -> None:
    ZipFile(packed(published())).extractall(tmp_path / "unpacked")
    Release.objects.get().events.all().delete()
    Release.objects.all().delete()
    settings.RELEASE_SIGNING_KEY, settings.RELEASE_TRUSTED_KEYS = "", [public]
    assert publish(tmp_path / "unpacked").signature


def test_where_others_are_trusted_and_there_is_no_key_nothing_new_is_released(
    store: ModelStore, bundle: Bundle, settings: Settings
) -> None:
    settings.RELEASE_TRUSTED_KEYS = [signatures.new_key()[1]]
    with pytest.raises(PublishRefused, match="is not signed"):
        publish(bundle())


def test_a_release_from_before_is_activated_once_it_is_signed(published: Published, settings: Settings) -> None:
    release = published()
    settings.RELEASE_SIGNING_KEY = signatures.new_key()[0]
    with pytest.raises(PublishRefused, match="sign_releases"):
        activate(release, prove)
    assert told("sign_releases") == "TINY/ONE@1 is signed.\n"
    release.refresh_from_db()
    activate(release, prove)
    assert [line.split(" by ")[0] for line in trail()][1:] == [
        "TINY/ONE@1 refused", "TINY/ONE@1 signed", "TINY/ONE@1 activated"]  # fmt: skip


def test_only_what_lacks_a_signature_is_signed(public: str, published: Published) -> None:
    published()
    assert told("sign_releases", "TINY/ONE@1") == "Every release carries a signature that is trusted here.\n"


def test_what_was_signed_is_told_as_one_line_of_json(published: Published, settings: Settings) -> None:
    published()
    settings.RELEASE_SIGNING_KEY = signatures.new_key()[0]
    assert json.loads(told("sign_releases", "--json")) == {"signed": ["TINY/ONE@1"]}


def test_signing_needs_a_key(published: Published) -> None:
    with pytest.raises(CommandError, match="new_signing_key"):
        told("sign_releases")


def test_the_doctor_names_the_key(public: str, published: Published) -> None:
    activate(published(), prove)
    assert json.loads(told("check_models", "--json"))["models"][0]["signed_by"] == public


def test_the_doctor_finds_a_manifest_that_somebody_changed_in_the_database(public: str, published: Published) -> None:
    """With its digest, so that only the signature gives it away."""
    activate(published(), prove)
    changed(Release.objects.get())
    with pytest.raises(CommandError, match="not sound"):
        told("check_models")
    assert "Its signature is by no key" in Release.objects.get().refusal


def changed(release: Release) -> None:
    other = loads(release.manifest.replace('"sku_conf": 0.5', '"sku_conf": 0.01').encode())
    assert other.digest() != release.digest
    Release.objects.filter(pk=release.pk).update(manifest=other.dumps().decode(), digest=other.digest())


def test_the_printed_keys_belong_together(settings: Settings) -> None:
    printed = dict(line.split("=") for line in told("new_signing_key").splitlines() if not line.startswith("#"))
    settings.RELEASE_SIGNING_KEY = printed["RELEASE_SIGNING_KEY"]
    signature = signatures.sign("0" * 64)
    settings.RELEASE_SIGNING_KEY, settings.RELEASE_TRUSTED_KEYS = "", [printed["RELEASE_TRUSTED_KEYS"]]
    assert signatures.check("0" * 64, signature) == printed["RELEASE_TRUSTED_KEYS"]


def test_a_sound_signature_is_asked_for_once_per_process(
    public: str, published: Published, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    models = model_set(published(seed=7))
    check_signed(models)
    with django_assert_num_queries(0):  # type: ignore[operator]
        check_signed(models)
