"""What each role may do, to look at. The code defines them: see staff.roles."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from staff.admin.superusers import SuperusersOnly
from staff.roles import MEANS
from staff.theme import ModelAdmin

admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(SuperusersOnly, ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "means")
    fields = ("name", "means", "may")
    readonly_fields = fields

    @admin.display(description="what it is for")
    def means(self, group: Group) -> str:
        return MEANS.get(group.name, "")

    @admin.display(description="permissions")
    def may(self, group: Group) -> SafeString:
        held = group.permissions.select_related("content_type").order_by("content_type__app_label", "codename")
        return format_html_join("", "<div>{}</div>", ((str(one),) for one in held))

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
