#!/usr/bin/env python
"""Run administrative commands."""

import os
import sys

from config.embedded import ServiceError


def main() -> None:
    """Hand the command line to Django; say in words when a service is missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ServiceError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
