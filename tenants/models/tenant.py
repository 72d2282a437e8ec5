"""A tenant: who pays, and what they may use."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.text import slugify

ANY_ORIGIN = "*"


def validate_origins(text: str) -> None:
    """Each line is `*` or an origin as browsers send it: scheme and host, no path."""
    for origin in text.split():
        parts = urlsplit(origin)
        bare = parts.scheme in ("http", "https") and parts.netloc and origin.count("/") == 2
        if origin != ANY_ORIGIN and not (bare and re.fullmatch(r"[^\s,@?#*\\]+", origin)):
            raise ValidationError(f"{origin} is no origin. Write it as https://shop.example, without a path.")


class Tenant(models.Model):
    """A customer. Every key of a tenant draws on the same monthly quota."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(
        max_length=80,
        unique=True,
        blank=True,
        help_text="Names the tenant in commands and addresses. Made from the name when left empty.",
    )
    is_active = models.BooleanField(
        "active", default=True, help_text="When off, every key of this tenant is answered with 403."
    )
    monthly_quota = models.PositiveBigIntegerField(
        default=1000,
        validators=[MaxValueValidator(1_000_000_000)],
        help_text="Successful requests per calendar month (UTC). May be changed at any time.",
    )
    contact_email = models.EmailField("contact e-mail", blank=True)
    allowed_origins = models.TextField(
        blank=True,
        validators=[validate_origins],
        help_text="Web pages that may call the API from a browser: one origin a line, or * for any.",
    )
    burst_limit_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty: the service's default. 0: no limit."
    )
    request_timeout = models.FloatField(
        "seconds to an answer",
        null=True,
        blank=True,
        validators=[MinValueValidator(0.001), MaxValueValidator(60)],
        help_text="From the arrival of a photo, then 504. Empty: the service's own limit, which this can only lower.",
    )
    restrict_models = models.BooleanField(
        default=False, help_text="When on, only the model lines chosen below answer; none chosen means none."
    )
    allowed_lines = models.ManyToManyField(
        "modelstore.ModelLine", blank=True, related_name="tenants", verbose_name="allowed model lines"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.allowed_origins = "\n".join(self.origins)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = self._free_slug()
        super().save(*args, **kwargs)

    def _free_slug(self) -> str:
        """A name in a script that slugs cannot hold becomes `tenant`; a taken one gets a number."""
        stem = slugify(self.name)[:70] or "tenant"
        taken = set(Tenant.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
        numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
        return stem if stem not in taken else next(slug for slug in numbered if slug not in taken)

    def seconds_to_answer(self, most: float) -> float:
        """most: what the service allows."""
        return most if self.request_timeout is None else min(most, self.request_timeout)

    @property
    def origins(self) -> list[str]:
        return [origin.lower() for origin in self.allowed_origins.split()]

    def allows_origin(self, origin: str) -> bool:
        return ANY_ORIGIN in self.origins or origin.lower() in self.origins

    @classmethod
    def any_allows_origin(cls, origin: str) -> bool:
        """A preflight carries no key: it may pass when at least one active tenant lists the origin."""
        listed = models.Q(allowed_origins__contains=ANY_ORIGIN) | models.Q(allowed_origins__icontains=origin)
        candidates = cls.objects.filter(listed, is_active=True).only("allowed_origins")
        return any(tenant.allows_origin(origin) for tenant in candidates)
