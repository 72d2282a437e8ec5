"""SKUs that staff add to a line from a few photos. The row is the truth about how far one has come."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from modelstore.models.model_line import ModelLine
from modelstore.models.release import Release
from staff.audit import root_of

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Onboarding(models.Model):
    """One SKU on its way into the releases of a line.

    A worker that goes on with it holds it until `held_until` and renews that as long as it lives; `run` counts those
    that took it up, so that one that was given up for dead changes nothing any more; tries: of them those in this
    state. as_large_as: a SKU of the line that stands equally large on a shelf, where somebody knows of one. warnings:
    what a person must accept before the SKU is added; notes: what has come of it; both are sentences. before: the
    release that answered when the prototype was made, which it extends; prototype, refit: the releases made of it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting for the worker"
        HELD = "held", "waiting for your word"
        PROTOTYPE = "prototype", "adding it"
        ANSWERING = "answering", "recognised; the refit is waiting"
        REFITTING = "refitting", "recognised; refitting the brand"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        WITHDRAWN = "withdrawn", "withdrawn"

    # What a worker goes on with, and what takes up a name.
    UNFINISHED = (State.WAITING, State.PROTOTYPE, State.ANSWERING, State.REFITTING)
    OPEN = (*UNFINISHED, State.HELD, State.FAILED)

    line = models.ForeignKey(ModelLine, on_delete=models.PROTECT, related_name="onboardings")
    sku = models.CharField("SKU", max_length=200)
    sku_key = models.CharField(max_length=400, editable=False)
    as_large_as = models.CharField("as large as", max_length=200, blank=True)
    who = models.CharField("added by", max_length=200)
    accepted_by = models.CharField("warnings accepted by", max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    percent = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=200, blank=True)
    problem = models.TextField(blank=True)
    warnings = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    before = models.ForeignKey(
        Release, verbose_name="release before", on_delete=models.PROTECT, null=True, related_name="+"
    )
    prototype = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="prototype_of")
    refit = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="refit_of")
    run = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    held_until = models.DateTimeField(null=True)
    queued_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    recognised_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    photos: "RelatedManager[OnboardingPhoto]"

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name, verbose_name_plural = "added SKU", "added SKUs"
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("line", "sku_key"),
                condition=Q(state__in=("waiting", "prototype", "answering", "refitting", "held", "failed")),
                name="one_onboarding_of_a_sku",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sku} in {self.line}"

    def get_additional_data(self) -> dict[str, str]:
        """For the audit trail: whose page shows it."""
        return {"of": root_of("modelstore.modelline", self.line_id)}

    @property
    def shown_state(self) -> str:
        """In words."""
        at_it = self.state == self.State.WAITING and self.held
        return "looking at its photos" if at_it else self.get_state_display()

    @property
    def unfinished(self) -> bool:
        """A worker has something to do."""
        return self.state in self.UNFINISHED

    @property
    def held(self) -> bool:
        """A worker is at it, as far as one can know."""
        return self.held_until is not None and self.held_until > timezone.now()

    @property
    def seconds_waited(self) -> float:
        """For how long no worker has taken it up."""
        return max((timezone.now() - self.queued_at) / timedelta(seconds=1), 0.0)


class OnboardingPhoto(models.Model):
    """A photo by its sha256, which the photo store has. warning: what is the matter with it; empty when nothing is."""

    onboarding = models.ForeignKey(Onboarding, on_delete=models.CASCADE, related_name="photos")
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    warning = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("onboarding", "digest"), name="a_photo_once"),)

    def __str__(self) -> str:
        return self.name
