"""Tenants are told by e-mail when 80 and 100 % of their quota are used: once each, by a real mail server."""

import traceback
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from tenants import notices, quota
from tenants.errors import QuotaExhausted
from tenants.models import ApiKey, QuotaNotice, Tenant
from tenants.quota import top_up
from tests.admin_moves import confirmed
from tests.live_server import free_port
from tests.tenants.admin_forms import history, tenant_form

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Inbox:
    def __init__(self) -> None:
        self.received: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.received.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def inbox(settings: Settings, key: ApiKey) -> Iterator[list[EmailMessage]]:
    """Of a tenant with an address, at a server that listens."""
    handler, port = Inbox(), free_port()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", port
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    Tenant.objects.filter(pk=key.tenant_id).update(contact_email="owner@shop.example")
    yield handler.received
    server.stop()


def use(key: ApiKey, times: int) -> None:
    for _ in range(times):
        quota.reserve(key).settle()


def sent() -> None:
    """What the worker does."""
    for notice in QuotaNotice.objects.order_by("pk"):
        notices.send(notice.pk)


def shares() -> list[int]:
    return sorted(notice.share for notice in QuotaNotice.objects.all())


@pytest.mark.parametrize(("used", "noted"), [(7, []), (8, [80]), (9, [80]), (10, [80, 100])])
def test_each_share_is_noted_when_it_is_reached_and_once(key: ApiKey, used: int, noted: list[int]) -> None:
    use(key, used)
    assert shares() == noted


def test_a_notice_is_handed_to_the_worker(
    key: ApiKey, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        use(key, 8)
    (job,) = OrmQ.objects.all()
    assert (job.task["func"], job.task["args"]) == ("tenants.notices.send", (QuotaNotice.objects.get().pk,))


def test_the_tenant_gets_an_e_mail(inbox: list[EmailMessage], key: ApiKey) -> None:
    use(key, 8)
    sent()
    (message,) = inbox
    assert message["To"] == "owner@shop.example"
    assert message["Subject"].startswith("80 % of your quota")


def test_it_says_how_much_is_left(inbox: list[EmailMessage], key: ApiKey) -> None:
    use(key, 8)
    sent()
    assert "8 of 10 requests" in text_of(inbox[0])
    assert "2 are left" in text_of(inbox[0])


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_the_last_unit_is_told_as_such(inbox: list[EmailMessage], key: ApiKey) -> None:
    use(key, 10)
    sent()
    assert [message["Subject"].split(" ")[0] for message in inbox] == ["80", "Your"]


def test_a_job_that_runs_twice_sends_once(inbox: list[EmailMessage], key: ApiKey) -> None:
    use(key, 8)
    sent()
    sent()
    assert len(inbox) == 1


def test_a_quota_that_was_raised_is_told_about_anew(inbox: list[EmailMessage], key: ApiKey) -> None:
    use(key, 8)
    top_up(key.tenant, 10, "campaign", "layla")
    use(key, 8)
    assert [(notice.share, notice.limit) for notice in QuotaNotice.objects.order_by("pk")] == [(80, 10), (80, 20)]


def test_units_given_back_are_not_told_about(key: ApiKey) -> None:
    for _ in range(20):
        quota.reserve(key).release()
    assert shares() == []


def test_a_tenant_without_a_quota_is_told_nothing(key: ApiKey) -> None:
    Tenant.objects.update(monthly_quota=1)
    ticket = quota.reserve(key)
    Tenant.objects.update(monthly_quota=0)
    ticket.settle()
    assert shares() == []


def test_a_name_with_angle_brackets_is_no_markup(inbox: list[EmailMessage], key: ApiKey) -> None:
    Tenant.objects.update(name="<b>Shop & Sons</b>")
    use(key, 8)
    sent()
    assert "&lt;b&gt;Shop &amp; Sons" in text_of(inbox[0], "html")
    assert "Hello <b>Shop & Sons</b>" in text_of(inbox[0])


def test_without_an_address_staff_are_told_why_nothing_was_sent(inbox: list[EmailMessage], key: ApiKey) -> None:
    Tenant.objects.update(contact_email="")
    use(key, 8)
    sent()
    assert QuotaNotice.objects.get().not_sent == notices.NO_ADDRESS


def test_without_a_mail_server_staff_are_told_why_nothing_was_sent(
    inbox: list[EmailMessage], key: ApiKey, settings: Settings
) -> None:
    settings.EMAIL_URL = ""
    use(key, 8)
    sent()
    assert QuotaNotice.objects.get().not_sent == notices.NO_SERVER


def test_a_server_that_does_not_answer_is_tried_again(
    inbox: list[EmailMessage], key: ApiKey, settings: Settings
) -> None:
    settings.EMAIL_PORT = free_port()
    use(key, 8)
    with pytest.raises(notices.NotSent):  # which lets the worker try again
        sent()
    assert "refused" in QuotaNotice.objects.get().not_sent


class Refusing:
    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        return f"550 no such user {address}"


def test_the_queue_keeps_no_address_of_a_mail_that_was_refused(settings: Settings, key: ApiKey) -> None:
    """The worker keeps the traceback of a job that fails, and an erased tenant leaves no address behind."""
    server = Controller(Refusing(), hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", server.port
    settings.EMAIL_URL = "smtp://127.0.0.1"
    Tenant.objects.update(contact_email="owner@shop.example")
    use(key, 8)
    try:
        sent()
    except notices.NotSent:
        kept = traceback.format_exc()
    server.stop()
    assert "SMTPRecipientsRefused" in kept
    assert "shop.example" not in kept
    assert "owner@shop.example" in QuotaNotice.objects.get().not_sent


def test_after_a_share_was_noted_further_requests_cost_no_query_for_it(
    key: ApiKey, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    use(key, 8)
    usage = quota.usage_of(key.tenant)
    with django_assert_num_queries(0):
        notices.note(key.tenant_id, usage)


def test_a_note_that_fails_does_not_spoil_an_answer_that_is_billed(
    key: ApiKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("no such table")

    monkeypatch.setattr(notices, "_note_once", broken)
    use(key, 8)
    assert quota.usage_of(key.tenant).used == 8


def test_what_a_killed_process_did_not_note_is_noted_when_the_next_request_is_refused(key: ApiKey) -> None:
    use(key, 10)
    QuotaNotice.objects.filter(share=100).delete()
    notices._known.clear()
    with pytest.raises(QuotaExhausted):
        quota.check_not_exhausted(key)
    assert shares() == [80, 100]


def test_the_same_holds_for_the_request_that_finds_the_last_unit_taken(key: ApiKey) -> None:
    use(key, 10)
    QuotaNotice.objects.all().delete()
    notices._known.clear()
    with pytest.raises(QuotaExhausted):
        quota.reserve(key)
    assert shares() == [80, 100]


def test_what_could_not_be_noted_is_noted_by_the_next_request(key: ApiKey, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: Any) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as away:
        away.setattr(QuotaNotice.objects, "get_or_create", broken)
        use(key, 8)
    assert shares() == []
    use(key, 1)
    assert shares() == [80]


@pytest.mark.parametrize(("minutes", "jobs"), [(0, 0), (2, 1)])
def test_a_notice_whose_job_was_lost_with_its_process_is_handed_over_again(
    key: ApiKey, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, minutes: int, jobs: int
) -> None:
    use(key, 8)
    QuotaNotice.objects.update(noted_at=timezone.now() - timedelta(minutes=minutes))
    notices._known.clear()
    with django_capture_on_commit_callbacks(execute=True):
        use(key, 1)
    assert OrmQ.objects.count() == jobs


def test_a_quota_that_is_lowered_in_admin_to_what_is_used_is_told_about(
    staff: Client, key: ApiKey, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    use(key, 5)
    with django_capture_on_commit_callbacks(execute=True):
        form = tenant_form(name="Alpha", slug="alpha", monthly_quota=5)
        staff.post(reverse("admin:tenants_tenant_change", args=[key.tenant_id]), form)
    assert [(notice.share, notice.limit) for notice in QuotaNotice.objects.order_by("share")] == [(80, 5), (100, 5)]


def test_a_top_up_that_is_taken_back_is_told_about(
    key: ApiKey, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    top_up(key.tenant, 10, "campaign", "layla")
    use(key, 12)
    with django_capture_on_commit_callbacks(execute=True):
        top_up(key.tenant, -8, "over", "layla")
    assert [(notice.share, notice.limit) for notice in QuotaNotice.objects.order_by("share")] == [(80, 12), (100, 12)]


def test_staff_send_what_was_not_sent_once_more(
    admin_client: Client, key: ApiKey, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    use(key, 8)
    notice = QuotaNotice.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        confirmed(admin_client, "tenants_quotanotice", "send", [notice.pk])
    assert OrmQ.objects.count() == 1
    assert mail.outbox == []


@pytest.mark.parametrize("whose", ["notice", "tenant"])
def test_that_staff_sent_it_once_more_is_in_the_history(staff: Client, key: ApiKey, whose: str) -> None:
    use(key, 8)
    notice = QuotaNotice.objects.get()
    confirmed(staff, "tenants_quotanotice", "send", [notice.pk])
    row = notice if whose == "notice" else key.tenant
    assert any(who == "staff" and "Handed to the worker" in did for who, did in history(staff, row))
