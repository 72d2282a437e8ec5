"""What happened, as a table on the pages of releases and lines."""

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from modelstore.models import ReleaseEvent

SHOWN = 100


def audit_trail(events: "QuerySet[ReleaseEvent]") -> SafeString:
    """The newest first; of more than a hundred it says so."""
    newest = list(events.select_related("release__line").defer("release__manifest")[: SHOWN + 1])
    context = {"events": newest[:SHOWN], "cut": len(newest) > SHOWN, "shown": SHOWN}
    return render_to_string("admin/modelstore/audit_trail.html", context)
