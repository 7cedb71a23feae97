"""Answers to “may they do this?” that carry their reason."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Allowed:
    """The answer yes."""

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True)
class Denied:
    """The answer no: why, by which clause, and what to do instead."""

    reason: str
    clause: str = ""
    remedy: str = ""

    def __bool__(self) -> Literal[False]:
        return False

    @property
    def message(self) -> str:
        """Say reason, clause and remedy in one sentence for a page."""
        text = str(self.reason)
        if self.clause:
            text += _("（%(clause)s）") % {"clause": self.clause}
        if self.remedy:
            text += _("。%(remedy)s") % {"remedy": self.remedy}
        return text


Verdict = Allowed | Denied
ALLOWED = Allowed()


def first_denied(*verdicts: Verdict) -> Verdict:
    """Return the first refusal among the answers, or the permission."""
    return next((v for v in verdicts if not v), ALLOWED)
