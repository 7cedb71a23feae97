"""The annual return of one stage of one school."""

from collections.abc import Iterable
from functools import reduce
from operator import add

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.constraints import refusals
from schools.choices import CONFIRMED_STATES, EDITABLE, ReturnState, Stage
from schools.models.school import School
from schools.querysets import ReturnQuerySet

BANDS = ("class_le45", "class_46_50", "class_51_55", "class_56_65", "class_ge66")
PARTS: dict[str, tuple[tuple[str, ...], str]] = {
    "intake": (("new_intake",), "students"),
    "zones": (("in_zone", "out_of_zone"), "new_intake"),
    "retained": (("retained",), "cohort"),
    "full_time": (("full_time",), "staff"),
    "above_degree": (("above_degree",), "full_time"),
    "backbone": (("backbone",), "full_time"),
    "pe_arts": (("pe_arts",), "full_time"),
    "fitness": (("fitness_exc_good",), "fitness_tested"),
    "attendance": (("days_attended",), "days_due"),
    "zone_children": (("zone_admitted",), "zone_applicants"),
}
"""Rule → the parts whose sum never exceeds the total."""

TODAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"
OPEN_TODAY = "return_unlock_over"
HANDS = (
    *("submitted_by_id", "submitted_at", "confirmed_by_id", "confirmed_at"),
    *("accepted_by_id", "accepted_at", "state", "saved_at"),
)
"""What opening a locked return may change: its state and the signatures."""
_SAME_FIGURES = """
    (to_jsonb(NEW) - ARRAY[{hands}]) = (to_jsonb(OLD) - ARRAY[{hands}])
""".format(hands=", ".join(f"'{name}'" for name in HANDS))
_GRANTED = """EXISTS (SELECT 1 FROM schools_returnunlock u
        WHERE u.school_return_id = OLD.id AND u.state"""

LOCKED_STAYS = f"""
    IF OLD.state = 'LOCKED' THEN
        IF TG_OP = 'UPDATE' AND NEW.state = 'RETURNED' AND {_SAME_FIGURES}
            AND {_GRANTED} = 'OPEN' AND u.expires_on >= {TODAY})
        THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'a locked return does not change'
            USING ERRCODE = '23514', CONSTRAINT = 'return_locked_stays';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NOT {_SAME_FIGURES} AND {_GRANTED} IN ('OPEN', 'CLOSED'))
        AND NOT {_GRANTED} = 'OPEN' AND u.expires_on >= {TODAY})
    THEN
        RAISE EXCEPTION 'the exception under which this return was open is over'
            USING ERRCODE = '23514', CONSTRAINT = '{OPEN_TODAY}';
    END IF;
    RETURN NEW;
"""
refusals.register("return_locked_stays", _("年度报表已经锁定，不能再修改"))


def count(label: object) -> models.PositiveIntegerField:
    """Return a whole figure that may still be missing."""
    return models.PositiveIntegerField(label, null=True, blank=True)


def measure(label: object) -> models.DecimalField:
    """Return a measured figure (square metres, yuan) that may still be missing."""
    return models.DecimalField(
        label, max_digits=14, decimal_places=2, null=True, blank=True
    )


def _part_rule(parts: tuple[str, ...], total: str) -> Q:
    """A part may not exceed its total; while either is missing nothing is said."""
    missing = reduce(
        lambda rule, name: rule | Q(**{f"{name}__isnull": True}),
        (*parts[1:], total),
        Q(**{f"{parts[0]}__isnull": True}),
    )
    return missing | Q(**{f"{total}__gte": reduce(add, map(F, parts))})


def _band_rule() -> Q:
    none = Q(**{f"{name}__isnull": True for name in BANDS})
    every = Q(**{f"{name}__isnull": False for name in BANDS}, classes__isnull=False)
    return none | (every & Q(classes=reduce(add, map(F, BANDS))))


class Figures(models.Model):
    """The figures of a return; a missing one is null, never zero."""

    students = count(_("在校生数"))
    classes = count(_("班级数"))
    class_le45 = count(_("45 人及以下班级数"))
    class_46_50 = count(_("46—50 人班级数"))
    class_51_55 = count(_("51—55 人班级数"))
    class_56_65 = count(_("56—65 人班级数"))
    class_ge66 = count(_("66 人及以上班级数"))
    seats = count(_("核定学位数"))
    new_intake = count(_("本年招生数"))
    in_zone = count(_("其中片区内"))
    out_of_zone = count(_("其中片区外"))
    cohort = count(_("起始年级学生数"))
    retained = count(_("其中现仍在籍"))
    staff = count(_("教职工数"))
    full_time = count(_("专任教师数"))
    above_degree = count(_("高于规定学历教师数"))
    backbone = count(_("县级及以上骨干教师数"))
    pe_arts = count(_("体育、艺术专任教师数"))
    teaching_area = measure(_("教学及辅助用房面积（平方米）"))
    sports_area = measure(_("体育运动场馆面积（平方米）"))
    equipment_value = measure(_("教学仪器设备值（元）"))
    multimedia_rooms = count(_("网络多媒体教室数（间）"))
    fitness_tested = count(_("体质测试人数"))
    fitness_exc_good = count(_("其中优秀和良好"))
    days_due = count(_("应出勤人日数"))
    days_attended = count(_("实际出勤人日数"))
    zone_applicants = count(_("服务片区报名幼儿数"))
    zone_admitted = count(_("其中录取"))
    indoor_area = measure(_("室内活动用房面积（平方米）"))
    play_area = measure(_("户外活动场地面积（平方米）"))
    is_full_day = models.BooleanField(_("全日制"), null=True, blank=True)

    class Meta:
        abstract = True


LABELS = {f.name: f.verbose_name for f in Figures._meta.local_fields}
FIGURES: tuple[str, ...] = tuple(LABELS)
JUDGED = tuple(name for name in FIGURES if name != "is_full_day")
"""The figures whose change against last year is judged."""
MEASURES = (
    "teaching_area",
    "sports_area",
    "equipment_value",
    "indoor_area",
    "play_area",
)


JUMP_RATIO, JUMP_FLOOR = "return.jump_ratio", "return.jump_floor"


def _words(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _limit(key: str, name: str) -> str:
    """Read a parameter's value of today where the school is run."""
    return f"""
    SELECT (p.value #>> '{{}}')::numeric INTO {name} FROM bureau_policyparameter p
        WHERE p.key = '{key}' AND p.valid_from <= {TODAY}
        AND (p.valid_to IS NULL OR p.valid_to > {TODAY})
        AND (p.region_id IS NULL OR p.region_id = ANY(line))
        ORDER BY coalesce(array_position(line, p.region_id), 0) DESC LIMIT 1;
    """  # noqa: S608 - constants of this module


JUMP_EXPLAINED = f"""
    IF NEW.state IN ({_words([*EDITABLE, ReturnState.LOCKED])})
        OR (OLD.state NOT IN ({_words(EDITABLE)}) AND {_SAME_FIGURES})
    THEN RETURN NEW; END IF;
    SELECT to_jsonb(r) INTO past FROM schools_schoolreturn r
        JOIN bureau_academicyear y ON y.id = r.year_id
        WHERE r.school_id = NEW.school_id AND r.stage = NEW.stage
        AND r.state IN ({_words(CONFIRMED_STATES)}) AND y.starts_on <
            (SELECT starts_on FROM bureau_academicyear WHERE id = NEW.year_id)
        ORDER BY y.starts_on DESC LIMIT 1;
    SELECT b.lineage INTO line FROM schools_school s
        JOIN bureau_region b ON b.id = s.administered_by_id
        WHERE s.id = NEW.school_id;
    {_limit(JUMP_RATIO, "most")}
    {_limit(JUMP_FLOOR, "floor")}
    now_is := to_jsonb(NEW);
    IF EXISTS (SELECT 1 FROM unnest(ARRAY[{_words(JUDGED)}]) AS n
        WHERE abs((now_is ->> n)::numeric - (past ->> n)::numeric) > floor
        AND abs((now_is ->> n)::numeric - (past ->> n)::numeric)
            > most * (past ->> n)::numeric
        AND btrim(coalesce(NEW.explanations ->> n, '')) = '')
    THEN
        RAISE EXCEPTION 'a figure that jumps against last year is not explained'
            USING ERRCODE = '23514', CONSTRAINT = 'return_jump_explained';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - names of the model's own columns
refusals.register(
    "return_jump_explained",
    _("有数字与上年相比变动较大而没有说明，请先填写差异说明再报送"),
)


def _measures_rule() -> Q:
    rule = Q()
    for name in MEASURES:
        rule &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0})
    return rule


def _too_large(parts: tuple[str, ...], total: str) -> object:
    sum_of = format_lazy(" + ".join(["{}"] * len(parts)), *(LABELS[p] for p in parts))
    return format_lazy(_("“{part}”不能大于“{total}”"), part=sum_of, total=LABELS[total])


def _done_by(label: object) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=label,
        null=True,
        blank=True,
        related_name="+",
    )


@pghistory.track(
    pghistory.UpdateEvent(condition=None, row=pghistory.Old), pghistory.DeleteEvent()
)
class SchoolReturn(Figures):
    """What one school returns about one stage in one school year (SM18)."""

    school = models.ForeignKey(
        School, models.PROTECT, verbose_name=_("学校"), related_name="returns"
    )
    year = models.ForeignKey(
        "bureau.AcademicYear",
        models.PROTECT,
        verbose_name=_("学年"),
        related_name="returns",
    )
    stage = models.CharField(_("学段"), max_length=12, choices=Stage.choices)
    state = models.CharField(
        _("状态"),
        max_length=14,
        choices=ReturnState.choices,
        default=ReturnState.DRAFT,
        editable=False,
    )
    counted_on = models.DateField(_("统计基准日"))
    explanations = models.JSONField(_("差异说明"), default=dict, blank=True)
    submitted_by = _done_by(_("报送人"))
    submitted_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    confirmed_by = _done_by(_("确认人"))
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    accepted_by = _done_by(_("验收人"))
    accepted_at = models.DateTimeField(_("验收时间"), null=True, blank=True)
    saved_at = models.DateTimeField(_("保存时间"), auto_now=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        ordering = ["-year_id", "school_id", "stage"]
        verbose_name = verbose_name_plural = _("年度报表")
        indexes = [
            models.Index(fields=["year", "state"], name="return_year_state"),
            models.Index(
                fields=["school", "stage", "year"], name="return_school_stage"
            ),
        ]
        constraints = [
            UniqueConstraint(
                fields=["school", "year", "stage"],
                name="return_once",
                violation_error_message=_("该学校本学年这个学段已有报表"),
            ),
            CheckConstraint(
                name="return_bands_sum_to_classes",
                condition=_band_rule(),
                violation_error_message=_("各人数段班级数之和应等于班级数"),
            ),
            *(
                CheckConstraint(
                    name=f"return_{rule}_within_total",
                    condition=_part_rule(parts, total),
                    violation_error_message=_too_large(parts, total),
                )
                for rule, (parts, total) in PARTS.items()
            ),
            CheckConstraint(
                name="return_measures_not_negative",
                condition=_measures_rule(),
                violation_error_message=_("面积和金额不能为负"),
            ),
            CheckConstraint(
                name="return_complete_when_submitted",
                condition=Q(state__in=list(EDITABLE))
                | Q(
                    students__isnull=False,
                    classes__isnull=False,
                    staff__isnull=False,
                    seats__isnull=False,
                ),
                violation_error_message=_(
                    "报送前须填写在校生数、班级数、教职工数和学位数"
                ),
            ),
            CheckConstraint(
                name="return_confirmer_is_another",
                condition=Q(confirmed_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(confirmed_by=F("submitted_by")),
                violation_error_message=_("确认人不能是报送人"),
            ),
            CheckConstraint(
                name="return_accepter_is_another",
                condition=Q(accepted_by__isnull=True)
                | (
                    (Q(submitted_by__isnull=True) | ~Q(accepted_by=F("submitted_by")))
                    & (Q(confirmed_by__isnull=True) | ~Q(accepted_by=F("confirmed_by")))
                ),
                violation_error_message=_("验收人不能是报送人或确认人"),
            ),
            CheckConstraint(
                name="return_state_known", condition=Q(state__in=ReturnState.values)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="locked_return_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=LOCKED_STAYS,
            ),
            pgtrigger.Trigger(
                name="jump_explained",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[
                    ("past", "jsonb"),
                    ("now_is", "jsonb"),
                    ("line", "bigint[]"),
                    ("most", "numeric"),
                    ("floor", "numeric"),
                ],
                func=JUMP_EXPLAINED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.year} {self.get_stage_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of the return."""
        return reverse("schools:return-detail", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        """Tell whether figures can still be entered."""
        return self.state in EDITABLE
