"""Rename, split, merge, close: filled in, told in plain sentences, then done."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.registries import blocked_by
from core.templatetags.formats import long_day
from core.transitions import Effects, MoveRefused
from core.verdict import Denied, Verdict
from core.views import Crumb, FormPage
from schools.forms_structure import (
    PERMISSION,
    CloseForm,
    MergeForm,
    ProfileForm,
    SplitForm,
    TakeBackForm,
)
from schools.models import School
from schools.permissions import (
    can_reopen_school,
    can_restructure_school,
    can_undo_change,
    can_undo_split,
)
from schools.services import (
    change_profile,
    close_school,
    merge_schools,
    reopen_school,
    split_school,
    undo_change,
    undo_split,
)
from schools.services.register import stage_words
from schools.services.succession import built_on_end, ended_together

CHANGEABLE = ("name", "short_name", "school_code", "type", "ownership")
STAYS = gettext_lazy("原有班级、年度报表、标签和考核结果不移动，仍归原校")


class ToldFormPage(FormPage):
    """A form whose first answer is what it will do; the second POST does just that.

    The second carries the mark of what was told. When the same form would do something
    else by then, because it was changed or the register was, that is told anew.
    """

    model, permission = School, PERMISSION
    template_name = "schools/structure_form.html"
    verb: Any = ""
    told = ""
    can = staticmethod(can_restructure_school)

    @cached_property
    def confirming(self) -> bool:
        """Whether the form was filled in and now waits for the last word."""
        return False

    @property
    def submit_label(self) -> Any:
        """Name the step: see what it does, then do it."""
        return self.verb if self.confirming else _("下一步：核对影响")

    def fetch_object(self) -> Any:
        """Return the school, or say why nothing can be done with it."""
        found = super().fetch_object()
        verdict: Verdict = type(self).can(self.request.user, found)
        if verdict and self.request.is_past:
            verdict = Denied(
                _("正在查看过去某一天的情况，不能办理"), "", _("请先回到今天")
            )
        if not verdict:
            raise MoveRefused(verdict)
        return found

    def get_title(self) -> str:
        """Name verb and school."""
        return _("%(verb)s：%(school)s") % {"verb": self.verb, "school": self.object}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the school."""
        return [Crumb(str(self.object), self.back_url())]

    def get_crumb_title(self) -> Any:
        """Return the verb alone."""
        return self.verb

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Tell what a filled-in form will do; do it when that was told."""
        form = self.get_form(request.POST)
        if not form.is_valid():
            return super().post(request, *args, **kwargs)
        self.confirming = True
        self.told = mark_of(self.get_effects(form))
        if request.POST.get("told") == self.told:
            self.confirming = False
            return super().post(request, *args, **kwargs)
        return self._answer(form)

    def success_message(self, saved: Any) -> str:
        """Say what was done, and the school one stands on now."""
        return _("%(verb)s已办理：%(school)s") % {"verb": self.verb, "school": saved}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether the form waits for the last word, and what it was told."""
        return super().get_context_data(
            confirming=self.confirming,
            told=self.told,
            is_told_anew="told" in self.request.POST,
            **kwargs,
        )

    def get_effects(self, form: BaseForm) -> Effects:
        """Tell the effects once the form is filled in."""
        return self.effects_of(form.cleaned_data) if self.confirming else Effects()

    def effects_of(self, given: dict[str, Any]) -> Effects:
        """Tell what these very data will do."""
        raise NotImplementedError

    def standing_in_the_way(self, schools: Sequence[School], day: Any) -> list[Any]:
        """Return what has to be settled first, as red notes."""
        return [("red", text) for school in schools for text in blocked_by(school, day)]


def mark_of(effects: Effects) -> str:
    """Return a mark by which the same effects are known again."""
    said = json.dumps(asdict(effects), default=str, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class ProfilePage(ToldFormPage):
    """A new name, type or county from a day on."""

    form_class = ProfileForm
    service = staticmethod(change_profile)
    verb = gettext_lazy("变更登记")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form of which school."""
        return {**super().get_form_kwargs(), "school": self.object}

    def effects_of(self, given: dict[str, Any]) -> Effects:
        """Say from what to what, and since when."""
        day, school = long_day(given["day"]), self.object
        lines = []
        for name in (*CHANGEABLE, "administered_by"):
            if given[name] != getattr(school, name):
                label = School._meta.get_field(name).verbose_name
                lines.append(
                    _("自 %(day)s 起，%(label)s由“%(old)s”变更为“%(new)s”")
                    % {
                        "day": day,
                        "label": label,
                        "old": self._words(name, getattr(school, name)),
                        "new": self._words(name, given[name]),
                    }
                )
        if given["stages"]:
            lines.append(
                _("自 %(day)s 起，%(label)s由“%(old)s”变更为“%(new)s”")
                % {
                    "day": day,
                    "label": _("学段"),
                    "old": stage_words(school.stage_codes),
                    "new": stage_words(given["stages"]),
                }
            )
        warnings = []
        if not lines:
            warnings.append(("red", _("没有变更：各项与现在相同")))
        if given["administered_by"] != school.administered_by:
            warnings.append(
                ("amber", _("变更主管地区后，由新的主管地区审核报表和办理变更"))
            )
        if given["type"] != school.type and not given["stages"]:
            warnings.append(("amber", _("学段将按新的办学类型重新确定")))
        return Effects(
            immediately=[*lines, _("此前各日的页面、报表和名单仍显示原名称和归属")],
            warnings=warnings,
        )

    def _words(self, name: str, value: Any) -> str:
        choices = dict(School._meta.get_field(name).flatchoices or ())
        return str(choices.get(value, value) or _("无"))


class SplitPage(ToldFormPage):
    """Found a school out of this one."""

    form_class = SplitForm
    verb = gettext_lazy("分设")

    def save(self, form: Any) -> School:
        """Found the school and return it."""
        given = form.cleaned_data
        (founded,) = split_school(
            self.object,
            by=self.request.user,
            day=given["day"],
            reason=given["reason"],
            document_no=given["document_no"],
            closes=given["closes"],
            into=[form.founded()],
        )
        return founded

    def effects_of(self, given: dict[str, Any]) -> Effects:
        """Say what is founded and whether the old school ends."""
        told = {
            "day": long_day(given["day"]),
            "new": given["name"],
            "old": self.object.name,
        }
        lines = [
            _("自 %(day)s 起新增“%(new)s”，前身为“%(old)s”") % told,
            str(STAYS),
        ]
        warnings = []
        if given["closes"]:
            lines.append(_("“%(old)s”自 %(day)s 起停办") % told)
            warnings = self.standing_in_the_way([self.object], given["day"])
        return Effects(immediately=lines, warnings=warnings)


class ClosePage(ToldFormPage):
    """End a school."""

    form_class = CloseForm
    service = staticmethod(close_school)
    verb = gettext_lazy("停办")

    def effects_of(self, given: dict[str, Any]) -> Effects:
        """Say from when the school is no more, and what stands in the way."""
        told = {"day": long_day(given["day"]), "school": self.object.name}
        return Effects(
            immediately=[
                _("自 %(day)s 起，“%(school)s”停办，不再列入名录和统计") % told,
                _("各校区同日停用；标识码停用后不再给其他学校"),
                str(STAYS),
            ],
            warnings=self.standing_in_the_way([self.object], given["day"]),
        )


class MergePage(ToldFormPage):
    """Merge schools into one that stands or into one founded that day."""

    form_class = MergeForm
    verb = gettext_lazy("合并学校")

    @property
    def is_new(self) -> bool:
        """Whether the page has no school of its own: it chooses several."""
        return True

    def get_title(self) -> str:
        """Name what is done."""
        return str(self.verb)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the schools."""
        return [Crumb(_("学校"), reverse("schools:school-list"))]

    def back_url(self) -> str:
        """Return the list."""
        return reverse("schools:school-list")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Begin with the school whose page led here."""
        asked = self.request.GET.get("school", "")
        initial = {"sources": [int(asked)]} if asked.isdigit() else {}
        return {**super().get_form_kwargs(), "initial": initial}

    def save(self, form: Any) -> School:
        """Merge and return what the schools became."""
        given = form.cleaned_data
        survivor = given["survivor"]
        return merge_schools(
            list(given["sources"]),
            by=self.request.user,
            day=given["day"],
            reason=given["reason"],
            document_no=given["document_no"],
            survivor=survivor,
            new=None if survivor else form.founded(),
        )

    def effects_of(self, given: dict[str, Any]) -> Effects:
        """Say which schools end, into which they go, and what stands in the way."""
        sources = list(given["sources"])
        told = {
            "day": long_day(given["day"]),
            "sources": "、".join(s.name for s in sources),
            "into": given["survivor"] or given["name"],
        }
        lines = [_("自 %(day)s 起，%(sources)s不再单独存续，并入“%(into)s”") % told]
        if not given["survivor"]:
            lines.append(_("“%(into)s”自 %(day)s 起新增") % told)
        return Effects(
            immediately=[*lines, _("各校区同日停用"), str(STAYS)],
            warnings=self.standing_in_the_way(sources, given["day"]),
        )


class _TakeBackPage(ToldFormPage):
    """Takes something back, with a reason."""

    form_class = TakeBackForm


class ReopenPage(_TakeBackPage):
    """Take a closing or a merger back."""

    service = staticmethod(reopen_school)
    verb = gettext_lazy("撤销停办或合并")
    can = staticmethod(can_reopen_school)

    def effects_of(self, given: dict[str, Any]) -> Effects:
        """Say which schools stand again and which one is removed."""
        school = self.object
        together = ended_together(school)
        names = "、".join(s.name for s in together)
        lines = [_("%(names)s恢复在办，如同没有停办") % {"names": names}]
        if len(together) > 1:
            lines.append(
                _("合并新设的“%(new)s”从名录中移除") % {"new": school.successor}
            )
        built = [("red", text) for text in built_on_end(school)]
        return Effects(immediately=lines, warnings=built)


class UndoChangePage(_TakeBackPage):
    """Take the last change of name or county back."""

    service = staticmethod(undo_change)
    verb = gettext_lazy("撤销变更")
    can = staticmethod(can_undo_change)

    def effects_of(self, given: dict[str, Any]) -> Effects:
        """Say what the school is called again."""
        former = self.object.profiles.order_by("-valid_to").first()
        return Effects(
            immediately=[
                _("恢复为“%(name)s”，%(day)s 的变更记录删除，办理记录保留")
                % {"name": former.name, "day": long_day(former.valid_to)}
            ]
        )


class UndoSplitPage(_TakeBackPage):
    """Take a split back, from the school that came of it."""

    service = staticmethod(undo_split)
    verb = gettext_lazy("撤销分设")
    can = staticmethod(can_undo_split)

    def effects_of(self, given: dict[str, Any]) -> Effects:
        """Say that the school is removed."""
        return Effects(
            immediately=[
                _("“%(school)s”从名录中移除，回到“%(elder)s”")
                % {"school": self.object, "elder": self.object.predecessor}
            ],
            warnings=[("amber", _("已有记录的学校不能撤销分设"))],
        )
