"""What staff do to rows chosen in a list: the action asks, and the question is answered."""

from collections.abc import Iterable
from typing import Any

from django.test import Client
from django.urls import reverse


def question(client: Client, model: str, move: str, pks: Iterable[int], **headers: Any) -> tuple[str, str]:
    """The address and the page that asks. model: `tenants_apikey`."""
    chosen = {"action": f"{move}_selected", "_selected_action": list(pks)}
    answer = client.post(reverse(f"admin:{model}_changelist"), chosen, follow=True, **headers)
    return answer.redirect_chain[-1][0], answer.content.decode()


def confirmed(client: Client, model: str, move: str, pks: Iterable[int], **said: str) -> str:
    """The page after the question was answered with yes."""
    address, _ = question(client, model, move, pks)
    return client.post(address, said, follow=True).content.decode()
