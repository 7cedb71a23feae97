"""A thousand random histories of schools, compared with a replay by hand."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.transitions import MoveRefused
from schools.lineage import ancestors, descendants
from schools.models import School, SchoolProfile, SchoolStage
from schools.models.profile import told_by
from schools.services import (
    change_profile,
    close_school,
    merge_schools,
    register_school,
    rename_school,
    split_school,
)
from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIRST = date(2010, 1, 1)
TAUGHT = ("KINDERGARTEN", "PRIMARY", "JUNIOR")
TOGETHER, EXAMPLES = 25, 40
REFUSED = (ValidationError, MoveRefused)


# --- what happens --------------------------------------------------------------------

KINDS = (
    *("rename", "rename", "retype", "retype"),
    *("split", "split_up", "merge", "merge_new", "close", "open"),
)
FORMS = (
    ("PRIMARY", ("PRIMARY",)),
    ("NINE_YEAR", ("PRIMARY", "JUNIOR")),
    ("NINE_YEAR", ("JUNIOR",)),
    ("SPECIAL", ("KINDERGARTEN", "PRIMARY")),
)
"""What a school may become: its type and the stages it teaches, each other in turn."""
STEP = st.tuples(
    st.sampled_from(KINDS),
    st.integers(0, 2),
    st.integers(0, 5),
    st.integers(0, 5),
)
HISTORY = st.lists(STEP, min_size=1, max_size=4)


@dataclass
class Told:
    """One school of the replay: nothing but days and names."""

    opened: int
    names: list[tuple[int, str]]
    forms: list[tuple[int, int]]
    closed: int | None = None
    elder: int | None = None
    into: int | None = None

    def form(self, day: int | None = None) -> int:
        """Return the form on the day, the last one without a day."""
        told = [f for since, f in self.forms if day is None or since <= day]
        return (told or [self.forms[0][1]])[-1]

    def stands_at(self, day: int) -> bool:
        """Tell whether the school has no end and may change on the day."""
        return self.closed is None and day > self.opened and day >= self.names[-1][0]


@dataclass
class Replay:
    """The same history without a database: the truth the views are held against."""

    schools: list[Told] = field(default_factory=list)

    def may_end(self, number: int, day: int) -> bool:
        """A school that took others over stands at least one day longer."""
        taken = [s.closed for s in self.schools if s.into == number]
        return all(day > closed for closed in taken if closed is not None)

    def legal(self, kind: str, day: int, one: int, other: int) -> bool:
        """Tell whether the register has to accept the step."""
        if kind == "open":
            return True
        school = self.schools[one]
        if not school.stands_at(day):
            return False
        if kind in {"rename", "retype"}:
            return day > school.names[-1][0]
        if kind in {"split_up", "close"}:
            return self.may_end(one, day)
        if kind == "merge":
            return (
                one != other
                and self.schools[other].stands_at(day)
                and self.may_end(one, day)
            )
        if kind == "merge_new":
            return (
                one != other
                and self.schools[other].stands_at(day)
                and self.may_end(one, day)
                and self.may_end(other, day)
            )
        return True

    def apply(self, kind: str, day: int, one: int, other: int, name: str) -> None:
        """Write what the step makes true."""
        if kind == "rename":
            self.schools[one].names.append((day, name))
        if kind == "retype":
            school = self.schools[one]
            school.names.append((day, school.names[-1][1]))
            school.forms.append((day, (school.form() + 1) % len(FORMS)))
        if kind in {"split", "split_up", "open", "merge_new"}:
            elder = one if kind.startswith("split") else None
            self.schools.append(Told(day, [(day, name)], [(day, 0)], elder=elder))
        if kind in {"close", "split_up"}:
            self.schools[one].closed = day
        if kind == "merge":
            self.schools[one].closed, self.schools[one].into = day, other
        if kind == "merge_new":
            for number in (one, other):
                self.schools[number].closed = day
                self.schools[number].into = len(self.schools) - 1

    # What the views have to say, found by looking at everything.

    def existing(self, day: int) -> set[int]:
        """Return the schools that stand on the day."""
        return {
            n
            for n, s in enumerate(self.schools)
            if s.opened <= day and (s.closed is None or s.closed > day)
        }

    def name(self, number: int, day: int) -> str:
        """Return the name on the day; before the first one, the first."""
        names = self.schools[number].names
        return ([n for since, n in names if since <= day] or [names[0][1]])[-1]

    def edges(self) -> Iterator[tuple[int, int, int]]:
        """Yield elder, younger and the day one came of the other."""
        for number, school in enumerate(self.schools):
            if school.elder is not None:
                yield school.elder, number, school.opened
            if school.into is not None and school.closed is not None:
                yield number, school.into, school.closed

    def descendants(self, number: int, day: int) -> set[int]:
        """Follow every path whose days never run backwards."""
        edges = [e for e in self.edges() if e[2] <= day]
        found: set[int] = set()

        def walk(at: int, since: int) -> None:
            for elder, younger, when in edges:
                if elder == at and when >= since and (younger, when) not in been:
                    been.add((younger, when))
                    found.add(younger)
                    walk(younger, when)

        been: set[tuple[int, int]] = set()
        walk(number, -1)
        return found - {number}

    def ancestors(self, number: int, day: int) -> set[int]:
        """A school is an ancestor when this one is its descendant."""
        return {
            n
            for n in range(len(self.schools))
            if n != number and number in self.descendants(n, day)
        }


@dataclass
class Run:
    """One history lived through twice: by the replay and by the services."""

    county: Any
    by: Any
    number: int
    started: list[School]
    replay: Replay = field(default_factory=Replay)
    made: list[int] = field(default_factory=list)
    steps: int = 0
    done: Counter[str] = field(default_factory=Counter)

    def live(self, history: list[tuple[str, int, int, int]]) -> int:
        """Take the steps; return the last day. Both sides refuse the same ones."""
        day = 1
        self.made += [school.pk for school in self.started]
        for school in self.started:
            self.replay.apply("open", 0, 0, 0, school.name)
        for kind, gap, one, other in history:
            day += gap
            count = len(self.made)
            self._take(kind, day, one % count, other % count)
        return day

    def _take(self, kind: str, day: int, one: int, other: int) -> None:
        self.steps += 1
        name = f"史校{self.number}之{self.steps}小学"
        legal = self.replay.legal(kind, day, one, other)
        try:
            with transaction.atomic():
                new = self._serve(kind, FIRST + timedelta(days=day), one, other, name)
        except REFUSED:
            assert not legal, (kind, day, one, other, self.replay)
            return
        assert legal, (kind, day, one, other, self.replay)
        self.replay.apply(kind, day, one, other, name)
        self.made += new
        self.done[kind] += 1

    def _serve(
        self, kind: str, day: date, one: int, other: int, name: str
    ) -> list[int]:
        facts = {"name": name, "type": "PRIMARY"}
        if kind == "open":
            new = register_school(
                by=self.by, administered_by=self.county, opened_on=day, **facts
            )
            return [new.pk]
        school = School.objects.get(pk=self.made[one])
        why = {"by": self.by, "day": day, "reason": "布局调整"}
        if kind == "rename":
            rename_school(school, name=name, **why)
            return []
        if kind == "retype":
            form = (self.replay.schools[one].form() + 1) % len(FORMS)
            type_, stages = FORMS[form]
            change_profile(school, type=type_, stages=list(stages), **why)
            return []
        if kind == "close":
            close_school(school, **why)
            return []
        if kind.startswith("split"):
            closes = kind == "split_up"
            return [
                s.pk for s in split_school(school, into=[facts], closes=closes, **why)
            ]
        second = School.objects.get(pk=self.made[other])
        if kind == "merge":
            merge_schools([school], survivor=second, **why)
            return []
        return [merge_schools([school, second], new=facts, **why).pk]


def told_now(schools: list[int], number: int) -> tuple[Any, ...]:
    """Return what the register says of a day: who stands, profiles, stages, kin."""
    day = FIRST + timedelta(days=number)
    rows = School.objects.filter(pk__in=schools)
    told = {
        s.pk: told_by(s, (s.profiles_after or [s])[0], day) for s in rows.for_list(day)
    }
    standing = _ids(rows.existing(day))
    taught = {stage: _ids(rows.teaching_on(day, stage)) for stage in TAUGHT}
    return standing, told, taught, ancestors(schools, day), descendants(schools, day)


def _ids(rows: Any) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def compare(runs: list[Run], day: int) -> None:
    """Hold every view of the day against every replay."""
    schools = [pk for run in runs for pk in run.made]
    standing, told, taught, elders, younger = told_now(schools, day)
    for run in runs:
        ids, replay = run.made, run.replay
        assert standing & set(ids) == {ids[n] for n in replay.existing(day)}
        for number, pk in enumerate(ids):
            type_, stages = FORMS[replay.schools[number].form(day)]
            assert told[pk].name == replay.name(number, day)
            assert (told[pk].type, told[pk].stage_codes) == (type_, list(stages))
            assert {s for s in TAUGHT if pk in taught[s]} == set(stages)
            assert younger[pk] == {ids[n] for n in replay.descendants(number, day)}
            assert elders[pk] == {ids[n] for n in replay.ancestors(number, day)}


def started(county: Any, count: int) -> list[list[School]]:
    """Enter two schools for each history at once."""
    made = [
        School(
            name=f"史校{n}始{m}小学",
            type="PRIMARY",
            region=county,
            administered_by=county,
            opened_on=FIRST,
        )
        for n in range(count)
        for m in range(2)
    ]
    School.objects.bulk_create(made)
    SchoolStage.objects.bulk_create(
        SchoolStage(school=s, stage="PRIMARY", school_type="PRIMARY") for s in made
    )
    return [made[2 * n : 2 * n + 2] for n in range(count)]


@pytest.fixture(autouse=True)
def _the_database_alone_checks(monkeypatch: Any) -> None:
    """Leave out the forms' check of each rule: a query a rule, here a million."""
    for model in (School, SchoolProfile):
        monkeypatch.setattr(model, "validate_constraints", lambda *a, **k: None)


@pytest.fixture
def county(db: None) -> Any:
    return CountyFactory()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(histories=st.lists(HISTORY, min_size=TOGETHER, max_size=TOGETHER))
def _every_view_equals_the_replay(
    county: Any, lived: Counter[str], histories: Any
) -> None:
    by = user_with("DISTRICT_EDU", county)
    with transaction.atomic():
        first = started(county, len(histories))
        runs = [Run(county, by, n, first[n]) for n in range(len(histories))]
        days = [run.live(h) for run, h in zip(runs, histories, strict=True)]
        for day in range(max(days) + 2):
            compare(runs, day)
        transaction.set_rollback(True)
    lived["histories"] += len(histories)
    for run in runs:
        lived.update(run.done)


def test_a_thousand_random_histories_read_the_same_on_every_day(county: Any) -> None:
    lived: Counter[str] = Counter()

    _every_view_equals_the_replay(county, lived)

    assert lived["histories"] >= 1000
    assert all(lived[kind] >= 20 for kind in KINDS)
