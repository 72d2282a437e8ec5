"""Members of staff: who they are, which roles they have, and their second factor."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from staff import models
from staff.admin.superusers import SuperusersOnly
from staff.asking import Question, ask
from staff.audit import note
from staff.models import Authenticator, BackupCodes
from staff.roles import MEANS
from staff.theme import ModelAdmin

if TYPE_CHECKING:
    from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
    from django.contrib.auth.forms import AdminUserCreationForm as UserCreationForm
    from django.forms import CheckboxSelectMultiple
else:
    from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
    from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget as CheckboxSelectMultiple

WHO = ("username", "first_name", "last_name", "email")
MAY = ("groups", "is_superuser")

admin.site.unregister(User)


class StaffChangeForm(UserChangeForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        """Somebody must be left who can undo this."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        stays = given.get("is_superuser") and given.get("is_active")
        others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=self.instance.pk)
        if not stays and User.objects.filter(pk=self.instance.pk, is_superuser=True).exists() and not others.exists():
            raise forms.ValidationError("This is the last active superuser. Make somebody else one first.")
        return given


class RolesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Group) -> str:
        return f"{obj.name}: {MEANS[obj.name]}" if obj.name in MEANS else obj.name


@admin.register(User)
class StaffUserAdmin(SuperusersOnly, UserAdmin, ModelAdmin):  # type: ignore[type-arg]
    form = StaffChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "roles", "two_factor", "is_active", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    filter_horizontal = ()
    readonly_fields = ("two_factor", "last_login", "date_joined")
    change_form_template = "staff/user_change_form.html"
    fieldsets = (
        (None, {"fields": ("username", "password", "two_factor")}),
        ("Roles", {"fields": ("is_active", *MAY)}),
        ("Person", {"fields": (*WHO[1:], "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
        ("Roles", {"fields": MAY}),
        ("Person", {"fields": WHO[1:]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request)
        apps = Authenticator.objects.filter(user=OuterRef("pk"), confirmed=True)
        codes = BackupCodes.objects.filter(user=OuterRef("pk")).values("digests")
        return users.prefetch_related("groups").annotate(enrolled=Exists(apps), codes_left=Subquery(codes))

    @admin.display(description="roles")
    def roles(self, user: User) -> str:
        held = ["Superuser"] if user.is_superuser else []
        return ", ".join(held + [group.name for group in user.groups.all()]) or "none: cannot log in"

    @admin.display(description="second factor")
    def two_factor(self, user: User) -> str:
        if not getattr(user, "enrolled", False):
            return "none yet: asked for at the next log-in"
        return f"authenticator app, {len(getattr(user, 'codes_left', None) or ())} backup codes left"

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "groups":
            return super().formfield_for_manytomany(db_field, request, **kwargs)
        return RolesField(
            Group.objects.order_by("pk"),
            required=False,
            label="Roles",
            widget=CheckboxSelectMultiple(),
            help_text="Whoever has none, and is no superuser, cannot log in.",
        )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Whoever has a role may log in to admin."""
        if {"groups", "is_superuser"} & form.cleaned_data.keys():
            obj.is_staff = bool(obj.is_superuser or form.cleaned_data.get("groups"))
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """What they did is told with their name: they are deactivated instead."""
        return False

    # --- a colleague who has lost the phone

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.reset_two_factor)
        return [path("<int:pk>/reset-two-factor/", view, name="auth_user_reset_two_factor"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        person = context["original"]
        context["may_reset"] = person is not None and Authenticator.objects.filter(user=person).exists()
        return super().render_change_form(request, context, *args, **kwargs)

    def reset_two_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks on GET, resets on POST."""
        user = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if request.method == "POST":
            models.reset(user)
            note(user, "Second factor reset.")
            self.message_user(request, f"{user} sets up a new second factor at the next log-in.", messages.SUCCESS)
            return redirect("admin:auth_user_change", pk)
        return ask(self, request, _reset(user), user)


def _reset(user: User) -> Question:
    meaning = format_html(
        "The authenticator app and the backup codes of <strong>{0}</strong> stop working now, and their sessions end. "
        "With the password alone, the next log-in sets up a new second factor: make sure that it is really {0} who has "
        "asked you, and that nobody else knows the password.", user,
    )  # fmt: skip
    back = reverse("admin:auth_user_change", args=[user.pk])
    return Question("Reset the second factor?", "Reset the second factor", meaning, back, stops=True)
