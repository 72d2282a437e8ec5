"""E-mail to a tenant whose quota is nearly, or wholly, used up."""

import logging
from datetime import timedelta
from functools import partial
from threading import Lock

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from database.queue import enqueue
from tenants.models import QuotaNotice, Usage, UsageMonth

SHARES = (80, 100)
"""Per cent of the limit."""
LOST_AFTER = timedelta(minutes=1)
"""A notice that no job has taken up for so long is handed to the worker again: who enqueued it may have died."""
NO_ADDRESS = "The tenant has no contact e-mail. Enter one on its page."
NO_SERVER = "No mail server is set: see EMAIL_URL."
logger = logging.getLogger(__name__)
_known: set[tuple[int, int, int, int]] = set()
_lock = Lock()


class NotSent(Exception):
    """A job that failed. The queue keeps its text, which outlives the tenant: it holds no address."""


def note(tenant_id: int, usage: Usage) -> None:
    """After every unit that was used or refused, and after every change of the quota: costs a query only where a share
    was just reached, once a process. So a process that dies before it has noted what it saw is made good by the next.

    Raises nothing: the unit is billed, and its answer must go out."""
    reached = [share for share in SHARES if usage.limit and usage.used * 100 >= usage.limit * share]
    for share in reached:
        try:
            _note_once(tenant_id, usage, share)
        except Exception:
            logger.exception("that %d %% of a quota are used could not be noted", share)


def _note_once(tenant_id: int, usage: Usage, share: int) -> None:
    known = (tenant_id, usage.month.toordinal(), share, usage.limit)
    with _lock:
        if known in _known:
            return
    month = UsageMonth.objects.get(tenant_id=tenant_id, month=usage.month)
    notice, is_new = QuotaNotice.objects.get_or_create(month=month, share=share, limit=usage.limit)
    untried = notice.sent_at is None and not notice.not_sent
    if untried and not is_new and notice.noted_at > timezone.now() - LOST_AFTER:
        return  # its job is on its way, or is lost: whoever comes later knows
    if untried:
        enqueue("tenants.notices.send", notice.pk)
    with _lock:
        _known.add(known)


def note_change(tenant_id: int, usage: Usage) -> None:
    """Once the quota that was changed is the one that holds."""
    transaction.on_commit(partial(note, tenant_id, usage), robust=True)


def send(pk: int) -> None:
    """A job of the worker. What was sent is not sent again; what failed says why, and is tried once more (NotSent)."""
    notice = QuotaNotice.objects.select_related("month__tenant").filter(pk=pk).first()
    if notice is None or notice.sent_at is not None:  # its tenant was erased, or it was told
        return
    address = notice.month.tenant.contact_email
    notice.not_sent = NO_ADDRESS if not address else NO_SERVER if not settings.EMAIL_URL else ""
    try:
        if not notice.not_sent:
            _mail(notice).send()
            notice.sent_at, notice.sent_to = timezone.now(), address
    except Exception as error:
        notice.not_sent = f"{type(error).__name__}: {error}"
        raise NotSent(f"Quota notice {pk}: {type(error).__name__}; its page in admin says more.") from None
    finally:
        notice.save()


def _mail(notice: QuotaNotice) -> EmailMultiAlternatives:
    month = notice.month
    context = {"notice": notice, "month": month, "tenant": month.tenant, "left": max(0, notice.limit - month.used)}
    subject = render_to_string("mail/quota.subject.txt", context).strip()
    message = EmailMultiAlternatives(
        subject, render_to_string("mail/quota.txt", context), to=[month.tenant.contact_email]
    )
    message.attach_alternative(render_to_string("mail/quota.html", context), "text/html")
    return message
