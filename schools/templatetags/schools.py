"""How figures of schools are said in templates."""

from django import template
from django.utils.translation import gettext as _

from schools.jumps import Jump

register = template.Library()


@register.filter
def jump_words(jump: Jump) -> str:
    """Say by how much a figure rose or fell, in its own unit and as a share."""
    step = f"{abs(jump.step):,}"
    if jump.share is None:
        return _("上年为 0，今年为 %(now)s，变动较大") % {"now": step}
    words = {"step": step, "share": f"{abs(jump.share) * 100:.1f} %"}
    if jump.step > 0:
        return _("较上年增加 %(step)s（%(share)s），变动较大") % words
    return _("较上年减少 %(step)s（%(share)s），变动较大") % words
