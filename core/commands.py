"""Management commands that other programs rely on: one line of JSON, honest exit."""

import json
from typing import Any, NoReturn

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser


class JsonCommand(BaseCommand):
    """A command whose ``run`` returns a dictionary.

    With ``--json`` it prints that as one line; else the lines of ``describe``. A
    refusal is one line with ``error`` and ``code``, or words on standard error; the
    exit code is then 1.
    """

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--json``; subclasses add theirs and call this."""
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object on one line"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the work and return what is to be told."""
        raise NotImplementedError

    def describe(self, result: dict[str, Any]) -> list[str]:
        """Return the lines for a person."""
        return [f"{key}: {value}" for key, value in result.items()]

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and print the result in the form asked for."""
        command = self.__module__.rpartition(".")[2]
        try:
            with pghistory.context(command=command):
                result = self.run(**options)
        except ValidationError as error:
            self._fail("；".join(error.messages), _code_of(error), options["json"])
        except PermissionDenied as error:
            self._fail(str(error), "denied", options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False, default=str))
        else:
            self.stdout.write("\n".join(self.describe(result)))

    def _fail(self, message: str, code: str, as_json: bool) -> NoReturn:
        if not as_json:
            raise CommandError(message)
        line = {"error": message, "code": code}
        self.stdout.write(json.dumps(line, ensure_ascii=False))
        raise SystemExit(1)


def _code_of(error: ValidationError) -> str:
    """Return the code of the first problem, else the field it is about."""
    if hasattr(error, "error_dict"):
        field, problems = next(iter(error.error_dict.items()))
        return str(problems[0].code or field)
    return str(error.error_list[0].code or "invalid")
