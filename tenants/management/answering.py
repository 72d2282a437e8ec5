"""Commands that answer: a sentence for people, one line of JSON for programs."""

import json
from abc import abstractmethod
from contextlib import nullcontext
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from tenants.models import Tenant


def _sentence(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(f"{field}: {' '.join(found)}" for field, found in error.message_dict.items())


class AnsweringCommand(BaseCommand):
    """`answer` does the work; with --json its result is the last line on stdout.

    in_one_transaction: what is changed and its entry in the audit trail, or neither. A command that asks somebody, or
    takes long, makes transactions of its own: others want to write meanwhile.
    """

    in_one_transaction: ClassVar[bool] = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic() if self.in_one_transaction else nullcontext():
                answer = self.answer(options)
        except ValidationError as error:
            raise CommandError(_sentence(error)) from error
        self.stdout.write(json.dumps(answer, ensure_ascii=False) if options["json"] else self.told(answer))

    @abstractmethod
    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the command has done, as the JSON it prints."""

    def told(self, answer: dict[str, Any]) -> str:
        return "\n".join(f"{name}: {value}" for name, value in answer.items())


def tenant_named(slug: str) -> Tenant:
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise CommandError(f"There is no tenant {slug}. `create_tenant` makes one; admin lists them.")
    return tenant
