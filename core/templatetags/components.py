"""Small building blocks of pages: icons, badges, cards, sections, notes."""

from functools import lru_cache
from typing import Any

from django import template
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.demo_accounts import DemoAccount
from core.demo_accounts import demo_accounts as offered_accounts
from core.tones import ICONS, tone_of_object, word_of_object

register = template.Library()


@lru_cache(maxsize=512)
def _icon(name: str, extra: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw one icon of the sprite: ``{% icon "school" %}``, ``{% icon "x" "sm" %}``."""
    return _icon(name, f"icon-{size}" if size else "")


@lru_cache(maxsize=1024)
def badge_html(tone: str, text: str, icon_name: str = "") -> SafeString:
    """Return a badge: tone, icon and word together."""
    return format_html(
        '<span class="badge-tone tone-{}">{}{}</span>',
        tone,
        _icon(icon_name or ICONS[tone], ""),
        text,
    )


@register.simple_tag
def state_badge(obj: Any, field: str = "state") -> SafeString:
    """Draw the state of an object: ``{% state_badge case %}``."""
    return badge_html(tone_of_object(obj, field), word_of_object(obj, field))


@register.filter
def tone_icon(tone_name: str) -> str:
    """The icon of a tone."""
    return ICONS.get(tone_name, ICONS["grey"])


@register.simple_block_tag
def card(content: str, title: str = "", end: str = "", css: str = "") -> SafeString:
    """Wrap content in a card with a title: ``{% card title=… %}…{% endcard %}``."""
    head = (
        format_html(
            '<header class="card-header"><h2 class="card-title">{}</h2>'
            '<div class="end">{}</div></header>',
            title,
            end,
        )
        if title
        else ""
    )
    return format_html(
        '<section class="card {}">{}<div class="card-body">{}</div></section>',
        css,
        head,
        content,
    )


@register.simple_block_tag
def note(content: str, tone: str = "blue", title: str = "") -> SafeString:
    """Wrap a notice: ``{% note tone="amber" title=… %}…{% endnote %}``."""
    return format_html(
        '<div class="note tone-{}">{}<div>{}{}</div></div>',
        tone,
        _icon("info-circle" if tone == "blue" else ICONS[tone], ""),
        format_html('<div class="note-title">{}</div>', title) if title else "",
        content,
    )


@register.simple_tag(takes_context=True)
def query_hidden(context: template.Context, *leave_out: str) -> SafeString:
    """Carry the present query in hidden inputs of a GET form, some keys left out."""
    query: QueryDict = context["request"].GET
    pairs = [(k, v) for k in query for v in query.getlist(k) if k not in leave_out]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.simple_tag
def url_or_none(name: str, *args: Any) -> str:
    """Reverse a URL name, empty when there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def clause_link(clause: str) -> SafeString:
    """Link a clause of a policy to its page: ``{% clause_link "BN-4.1.2" %}``."""
    url = url_or_none("bureau:clause-detail", clause)
    if not url:
        return format_html('<span class="clause">{}</span>', clause)
    return format_html('<a class="clause" href="{}">{}</a>', url, clause)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Look a key up in a mapping."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


@register.simple_tag
def demo_accounts() -> list[DemoAccount]:
    """The accounts of a demo installation: ``{% demo_accounts as accounts %}``."""
    return offered_accounts()
