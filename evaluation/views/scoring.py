"""The scoring desk: rubric left, evidence in the middle, score and comment right."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from core.models import FormDraft
from core.transitions import MoveRefused
from core.views import Crumb, ObjectMixin, Page
from evaluation.choices import How, RubricLevel
from evaluation.marks import marks_of_leaf
from evaluation.models import Assessment, Score
from evaluation.permissions import can_finish_scoring, can_score, can_score_leaf
from evaluation.reading import Leaf
from evaluation.scoring.functions import half_up
from evaluation.scoring.leaf import rubric_args
from evaluation.services import score_by_hand
from evaluation.services.scoring import has_rubric, is_scored_by_hand, may_be_na
from evaluation.views.assessments import evidence_of

SCORE = "evaluation.score_assessment"


@dataclass(frozen=True)
class Level:
    """One level of a rubric as a choice: key, points, what it takes."""

    code: str
    label: str
    points: Decimal
    text: str
    digit: int


def desk_url(score: Score) -> str:
    """Return the desk at one leaf."""
    return reverse("evaluation:score-desk", args=[score.pk])


class DeskEntry(ObjectMixin, Page):
    """Opens the desk at the first leaf that waits, else at the first by hand."""

    model = Assessment
    permission = SCORE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go to the leaf, or back when nothing is scored by hand."""
        rows = list(self.object.scores.exclude(how=How.AUTO).with_leaf())
        rows = [row for row in rows if is_scored_by_hand(row)]
        found = next((r for r in rows if r.is_waiting), rows[0] if rows else None)
        if found is None:
            messages.info(request, _("该任务没有需要手工评分的指标。"))
            return HttpResponseRedirect(self.object.get_absolute_url())
        return HttpResponseRedirect(desk_url(found))


class DeskPage(ObjectMixin, Page):
    """One leaf on the desk."""

    model = Score
    permission = SCORE
    template_name = "evaluation/desk.html"

    def get_queryset(self) -> Any:
        """Return the scores the user may see, with all that the desk shows."""
        rows = Score.objects.visible_to(self.request.user, "evaluation.view_score")
        return rows.select_related(
            "indicator__parent__parent",
            "assessment__cycle__region",
            "assessment__framework",
            "scored_by",
        )

    def get_title(self) -> Any:
        """Return the subject."""
        return _("评分台：%(label)s") % {"label": self.object.assessment.label}

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back."""
        a = self.object.assessment
        return [
            Crumb(a.cycle.name, a.cycle.get_absolute_url()),
            Crumb(a.label, a.get_absolute_url()),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the desk; what was typed before comes back."""
        draft = FormDraft.objects.filter(user=request.user, page=request.path).first()
        typed = {k: v[-1] for k, v in draft.data.items() if v} if draft else {}
        return self._answer(typed, {})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Score the leaf and go on to the next that waits."""
        typed = request.POST.dict()
        try:
            done = score_by_hand(self.object, by=request.user, **_given(typed))
        except MoveRefused as refusal:
            return self._answer(typed, {"": [refusal.verdict.message]}, status=403)
        except ValidationError as error:
            return self._answer(typed, error.message_dict)
        FormDraft.objects.filter(user=request.user, page=request.path).delete()
        messages.success(request, _said(done))
        return HttpResponseRedirect(self._next(typed.get("then", "")))

    def _next(self, then: str) -> str:
        if then == "group":
            other = self._same_leaf_elsewhere()
            if other:
                return desk_url(other)
        waiting = [r for r in self._line() if r.is_waiting and r.pk != self.object.pk]
        after = [
            r for r in waiting if r.indicator.position > self.object.indicator.position
        ]
        found = next(iter(after or waiting), None)
        return desk_url(found) if found else self.object.assessment.get_absolute_url()

    def _same_leaf_elsewhere(self) -> Score | None:
        """Return this leaf of the next subject of the cycle that waits."""
        return (
            Score.objects.visible_to(self.request.user, "evaluation.view_score")
            .missing()
            .filter(
                indicator=self.object.indicator_id,
                assessment__cycle=self.object.assessment.cycle_id,
                assessment__state="UNDER_REVIEW",
            )
            .exclude(pk=self.object.pk)
            .order_by("assessment", "pk")
            .first()
        )

    def _line(self) -> list[Score]:
        rows = Score.objects.filter(assessment=self.object.assessment_id).with_leaf()
        return list(rows.defer("snapshot"))

    def _answer(
        self, typed: dict[str, str], errors: dict[str, list[str]], status: int = 200
    ) -> HttpResponseBase:
        score, leaf = self.object, Leaf.from_score(self.object)
        line = self._line()
        by_hand = [r for r in line if r.how != How.AUTO]
        place = next((n for n, r in enumerate(by_hand) if r.pk == score.pk), 0)
        context = self.get_context_data(
            score=score,
            leaf=leaf,
            marks=marks_of_leaf(leaf, score.assessment.cycle),
            levels=levels_of(score) if has_rubric(score) else [],
            may_be_na=may_be_na(score),
            evidence=evidence_of(score.assessment, score.indicator.code),
            own=self._own_words(),
            typed=typed or _typed_before(score),
            errors=errors,
            verdict=can_score_leaf(self.request.user, score),
            before=by_hand[place - 1] if place else None,
            after=by_hand[place + 1] if place + 1 < len(by_hand) else None,
            line=by_hand,
            progress=_progress(line),
            finish=can_finish_scoring(self.request.user, score.assessment),
            may_score=can_score(self.request.user, score.assessment),
        )
        return TemplateResponse(
            self.request, self.template_name, context, status=status
        )

    def _own_words(self) -> dict[str, Any]:
        """Return what the group said of itself on this leaf and its dimension."""
        report = self.object.assessment.reports.first()
        if report is None or not report.submitted_at:
            return {}
        indicator = self.object.indicator
        dimension = indicator.parent.parent.code
        return {
            "report": report,
            "text": report.section(dimension)["text"],
            **report.leaf(dimension, indicator.code),
        }


def _given(typed: dict[str, str]) -> dict[str, Any]:
    """Read the posted fields as the service takes them."""
    given: dict[str, Any] = {
        "level": typed.get("level", ""),
        "comment": typed.get("comment", ""),
        "na_reason": typed.get("na_reason", "") if typed.get("is_na") else "",
    }
    text = typed.get("points", "").strip()
    if text:
        try:
            given["points"] = Decimal(text)
        except InvalidOperation:
            given["points"] = Decimal("NaN")
    return given


def _said(score: Score) -> str:
    if score.is_na:
        return _("已记为不适用：%(name)s") % {"name": score.indicator}
    return _("已评 %(score)s 分：%(name)s") % {
        "score": score.score,
        "name": score.indicator,
    }


def _typed_before(score: Score) -> dict[str, str]:
    """Return the present score as the form would have it."""
    hand = score.snapshot.get("hand") or {}
    return {
        "level": hand.get("level", ""),
        "points": hand.get("points", ""),
        "na_reason": hand.get("na", ""),
        "is_na": "1" if hand.get("na") else "",
        "comment": score.comment,
    }


def _progress(line: list[Score]) -> dict[str, Any]:
    whole = sum((r.max_score for r in line), Decimal(0))
    done = sum((r.max_score for r in line if not r.is_waiting), Decimal(0))
    return {
        "whole": whole,
        "done": done,
        "percent": int(100 * done / whole) if whole else 0,
        "waiting": sum(r.is_waiting for r in line),
    }


def levels_of(score: Score) -> list[Level]:
    """Return the levels with the points each is worth here."""
    most = Leaf.from_score(score).hand_maximum
    args = rubric_args(score.snapshot)
    rule = score.indicator.rule_for(score.snapshot.get("variant", ""))
    texts = rule["rubric"] or {}
    return [
        Level(
            code=code,
            label=str(label),
            points=half_up(most * Decimal(args.get(code, "0"))),
            text=texts.get(code, ""),
            digit=digit,
        )
        for digit, (code, label) in enumerate(RubricLevel.choices, start=1)
    ]
