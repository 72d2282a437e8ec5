"""Releases in Django admin: what answers for which brand, and which did before."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from modelstore.errors import PublishError
from modelstore.models import ModelLine, Release
from modelstore.proving import prove
from modelstore.publishing import activate


class ReadOnlyAdmin:
    """Rows come from bundles: nobody types a release."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReleaseInline(ReadOnlyAdmin, admin.TabularInline):  # type: ignore[type-arg]
    model = Release
    fields = ("version", "status", "digest", "activated_at", "refusal")
    extra = 0
    show_change_link = True


@admin.register(ModelLine)
class ModelLineAdmin(ReadOnlyAdmin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("category", "brand", "active_version")
    search_fields = ("category", "brand")
    inlines = (ReleaseInline,)

    @admin.display(description="active version")
    def active_version(self, line: ModelLine) -> int | None:
        return line.releases.filter(status=Release.Status.ACTIVE).values_list("version", flat=True).first()


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("__str__", "status", "short_digest", "created_at", "activated_at", "refusal")
    list_filter = ("status", "line__category")
    search_fields = ("line__category", "line__brand", "digest")
    list_select_related = ("line",)
    actions = ("activate_selected",)

    @admin.display(description="digest")
    def short_digest(self, release: Release) -> str:
        return release.digest[:12]

    def has_activate_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "has_perm", lambda _: False)("modelstore.change_release"))

    @admin.action(description="Activate: answer with this release from now on", permissions=["activate"])
    def activate_selected(self, request: HttpRequest, chosen: QuerySet[Release]) -> None:
        """The one before is kept, and is activated again the same way to roll back."""
        for release in chosen.select_related("line"):
            try:
                activate(release, prove)
            except PublishError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, f"{release} answers from the next request on.", messages.SUCCESS)
