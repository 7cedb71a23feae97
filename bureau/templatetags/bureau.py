"""How parameters stand in templates."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bureau import words
from bureau.choices import Refining
from bureau.models import PolicyParameter
from bureau.models.region import BEGINNING
from bureau.services.parameters import limit_words
from core.templatetags.components import badge_html

register = template.Library()


@register.filter
def parameter_value(parameter: PolicyParameter) -> str:
    """Value and unit in words."""
    return words.value_with_unit(parameter)


@register.filter
def parameter_owner(parameter: PolicyParameter) -> str:
    """Whose value it is."""
    return words.owner_word(parameter)


@register.filter
def parameter_span(parameter: PolicyParameter) -> str:
    """From when to when the value counts."""
    known = parameter.valid_from != BEGINNING
    start = f"{parameter.valid_from:%Y-%m-%d}" if known else _("一直")
    if parameter.valid_to:
        return _("%(start)s 至 %(end)s 前") % {
            "start": start,
            "end": f"{parameter.valid_to:%Y-%m-%d}",
        }
    return _("%(start)s 起") % {"start": start} if known else start


@register.filter
def parameter_below(parameter: PolicyParameter) -> str:
    """What the regions below may do with the value."""
    if parameter.region is None or parameter.refining == Refining.FREE:
        return "—"
    return limit_words(parameter)


@register.simple_tag
def verified_badge(parameter: PolicyParameter) -> SafeString:
    """Whether somebody confirmed the value, as a badge."""
    if parameter.verified:
        return badge_html("green", _("已核实"))
    return badge_html("amber", _("未核实"))


@register.simple_tag
def unverified(*parameters: PolicyParameter) -> SafeString:
    """Mark the values among these that nobody has confirmed, each with its page."""
    marks = [
        (
            row.get_absolute_url(),
            _("取值来自%(owner)s，尚未核实：%(meaning)s")
            % {"owner": words.owner_word(row), "meaning": row.meaning},
            _("未核实"),
        )
        for row in parameters
        if row is not None and not row.verified
    ]
    return format_html_join(
        "", ' <a class="tag tone-amber" href="{}" title="{}">{}</a>', marks
    )
