"""Why somebody did it."""

from django import forms

from staff.theme import TextInput


class ReasonForm(forms.Form):
    reason = forms.CharField(
        required=False,
        max_length=2000,
        label="Why",
        help_text="Kept in the audit trail.",
        widget=TextInput(attrs={"autocomplete": "off"}),
    )
