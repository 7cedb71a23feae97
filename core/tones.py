"""The five tones of a state: a colour never stands without its word and icon."""

from typing import Any

from django.db import models

ICONS = {
    "blue": "progress",
    "green": "circle-check",
    "amber": "alert-triangle",
    "red": "exclamation-circle",
    "grey": "circle-dashed",
}

_CODES: dict[str, tuple[str, ...]] = {
    "blue": (
        "submitted reviewing under_review in_review review pending running queued",
        "open opened collecting scoring pilot in_progress processing publicity",
        "publicised opinions registered checking previewed staged self_evaluation",
        "preview validating applying",
        "self_submitted scored consolidation data_locked ready confirmed",
        "group_checked created updated",
    ),
    "green": (
        "approved active done published met passed succeeded finished completed",
        "effective signed consented agree agreed verified applied paid accepted",
        "final yes",
    ),
    "amber": (
        "returned suspended due warning conditional with_conditions deferred waiting",
        "partial dissolving expiring to_confirm unverified held appealed asked",
    ),
    "red": (
        "rejected refused failed overdue late not_met error revoked disagree",
        "disagreed lost blocked veto",
    ),
    "grey": (
        "draft planned ended dissolved closed cancelled withdrawn archived retired",
        "inactive superseded expired undone discarded abolished merged unchanged",
        "skipped locked exempt none",
    ),
}
_TONES = {
    code: tone
    for tone, lines in _CODES.items()
    for line in lines
    for code in line.split()
}
_BY_MODEL: dict[tuple[str, str], str] = {}


def register_tones(model: str, **tones: str) -> None:
    """Give states of one model their tone: ``register_tones("a.b", OPEN="amber")``."""
    for state, tone in tones.items():
        if tone not in ICONS:
            raise ValueError(f"{tone!r} is no tone; take one of {', '.join(ICONS)}")
        _BY_MODEL[model.lower(), state.lower()] = tone


def tone_of(state: str, model: str = "") -> str:
    """Return the tone of a state's code, the model's own saying first."""
    code = str(state).lower()
    return _BY_MODEL.get((model.lower(), code)) or _TONES.get(code, "grey")


def tone_of_object(obj: models.Model, field: str = "state") -> str:
    """Return the tone of an object's state."""
    return tone_of(getattr(obj, field), obj._meta.label_lower)


def word_of_object(obj: Any, field: str = "state") -> str:
    """Return the state in words."""
    display = getattr(obj, f"get_{field}_display", None)
    return str(display() if display else getattr(obj, field))
