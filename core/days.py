"""Days are days in Shanghai, half-open when they form a span."""

from datetime import date

from django.utils import timezone


def today() -> date:
    """Return the current day in the installation's time zone (Asia/Shanghai)."""
    return timezone.localdate()
