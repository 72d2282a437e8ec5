"""Tables on the page of a tenant that show its newest rows and no more."""

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.admin.options import InlineModelAdmin

    Base = InlineModelAdmin[Any, Any]
else:
    Base = object


class NewestOfTenant(Base):
    """most: how many rows; by the ordering of the model, or of the table."""

    most: int

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """A formset cannot take a slice, so the rows are named by their keys."""
        rows: QuerySet[Any] = super().get_queryset(request)
        tenant_pk: str = request.resolver_match.kwargs.get("object_id", "") if request.resolver_match else ""
        if not tenant_pk.isdecimal():
            return rows.none()
        return rows.filter(pk__in=list(rows.filter(tenant__pk=tenant_pk).values_list("pk", flat=True)[: self.most]))
