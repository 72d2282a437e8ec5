"""Releases in Django admin: what answers for which brand, and which did before."""

from django.contrib import admin, messages
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import HttpRequest

from modelstore.errors import PublishRefused
from modelstore.models import Detector, ModelLine, Release
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        releases: QuerySet[Release] = super().get_queryset(request)
        return releases.defer("manifest")


@admin.register(Detector)
class DetectorAdmin(ReadOnlyAdmin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "short_digest", "classes", "created_at")
    search_fields = ("name", "digest")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Detector]:
        detectors: QuerySet[Detector] = super().get_queryset(request)
        return detectors.defer("spec")

    @admin.display(description="digest")
    def short_digest(self, detector: Detector) -> str:
        return detector.digest[:12]


@admin.register(ModelLine)
class ModelLineAdmin(ReadOnlyAdmin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("category", "brand", "active_version")
    search_fields = ("category", "brand")
    inlines = (ReleaseInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelLine]:
        lines: QuerySet[ModelLine] = super().get_queryset(request)
        active = FilteredRelation("releases", condition=Q(releases__status=Release.Status.ACTIVE))
        return lines.annotate(active=active, answering=F("active__version"))

    @admin.display(description="active version", ordering="answering")
    def active_version(self, line: ModelLine) -> int | None:
        answering: int | None = getattr(line, "answering", None)
        return answering


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("__str__", "status", "short_digest", "created_at", "activated_at", "refusal")
    list_filter = ("status", "line__category")
    search_fields = ("line__category", "line__brand", "digest")
    list_select_related = ("line",)
    actions = ("activate_selected",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        """Manifests are long, and only the page of one release shows its own."""
        releases: QuerySet[Release] = super().get_queryset(request)
        return releases.defer("manifest")

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
            except PublishRefused as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, f"{release} answers from the next request on.", messages.SUCCESS)
