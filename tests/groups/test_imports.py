"""The roll of standing groups comes in from a file, row by row and back out again."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from core.imports import run_import, undo_import
from groups.choices import GroupState, Role
from groups.models import EducationGroup, GroupPhase, Membership
from tests.groups.factories import Bureau, standing_group

HEAD = "集团名称,龙头校,成员校,角色,模式,加入方式,加入日期,退出日期,建立日期,批准文号"


@pytest.fixture
def schools(bureau: Bureau) -> dict[str, Any]:
    """Schools that a roll names."""
    names = ("第一小学", "第二小学", "第三小学", "第四小学", "第五小学")
    return {name: bureau.school(name=name) for name in names}


def take(bureau: Bureau, *rows: str, dry_run: bool = False, head: str = HEAD) -> Any:
    content = "\n".join([head, *rows]).encode()
    return run_import(
        "groups.membership", ("名册.csv", content), scope=bureau.county, dry_run=dry_run
    )


def problems(summary: Any) -> list[tuple[int, str]]:
    return [(row["row"], row["code"]) for row in summary.rows]


@pytest.mark.usefixtures("schools")
def test_rows_with_roles_become_a_group_with_true_days(bureau: Bureau) -> None:
    summary = take(
        bureau,
        "一小集团,,第一小学,龙头学校,,,2019-09-01,,2019-09-01,示教发〔2019〕3号",
        "一小集团,,第二小学,成员学校,核心校+新校,领办,2020-09-01,,2019-09-01,",
        "一小集团,,第三小学,成员学校,核心校+新校,,2019-09-01,2022-09-01,2019-09-01,",
    )

    group = EducationGroup.objects.get()
    assert (summary.created, summary.rejected) == (3, 0)
    assert (group.state, group.founded_on) == (GroupState.ACTIVE, date(2019, 9, 1))
    assert group.founding_document == "示教发〔2019〕3号"
    assert group.is_registered and group.region == bureau.county
    assert group.group_type == "BASIC_EDUCATION_GROUP"
    assert group.memberships.on(date(2021, 1, 1)).count() == 3
    assert group.memberships.on(date(2023, 1, 1)).count() == 2
    assert group.phases.on(date(2020, 1, 1)).get().state == GroupState.ACTIVE


@pytest.mark.usefixtures("schools")
def test_a_column_may_name_the_lead(bureau: Bureau) -> None:
    summary = take(
        bureau,
        "一小集团,第一小学,第二小学,,核心校+新校,,2020-09-01,,2019-09-01,",
        "一小集团,第一小学,第三小学,,核心校+新校,,2021-09-01,,2019-09-01,",
    )

    assert summary.created == 2
    lead = Membership.objects.get(role=Role.LEAD)
    assert (lead.school.name, lead.valid_from) == ("第一小学", date(2019, 9, 1))


@pytest.mark.usefixtures("schools")
def test_importing_twice_changes_nothing_and_undo_takes_all_back(
    bureau: Bureau,
) -> None:
    rows = (
        "一小集团,第一小学,第二小学,,核心校+新校,,2020-09-01,,2019-09-01,",
        "一小集团,第一小学,第三小学,,核心校+新校,,2021-09-01,,2019-09-01,",
    )
    first = take(bureau, *rows)
    again = take(bureau, *rows)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)

    undo_import(first.run_id)

    assert not EducationGroup.objects.exists()
    assert not Membership.objects.exists()
    assert not GroupPhase.objects.exists()


@pytest.mark.usefixtures("schools")
def test_a_later_file_adds_members_and_ends_them(bureau: Bureau) -> None:
    take(bureau, "一小集团,第一小学,第二小学,,核心校+新校,,2020-09-01,,2019-09-01,")

    later = take(
        bureau,
        "一小集团,第一小学,第二小学,,,,2020-09-01,2024-09-01,,",
        "一小集团,第一小学,第三小学,,核心校+新校,,2024-09-01,,,",
    )

    assert (later.created, later.updated) == (1, 1)
    ended = Membership.objects.get(school__name="第二小学")
    assert ended.valid_to == date(2024, 9, 1)
    undo_import(later.run_id)
    ended.refresh_from_db()
    assert ended.valid_to is None
    assert Membership.objects.count() == 2


@pytest.mark.usefixtures("schools")
@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("甲集团,第一小学,无名小学,,核心校+新校,,2020-09-01,,,", "unknown_school"),
        ("甲集团,第一小学,第二小学,,没有的模式,,2020-09-01,,,", "unknown_choice"),
        ("甲集团,第一小学,第二小学,,核心校+弱校,领办,2020-09-01,,,", "join_form"),
        ("甲集团,第一小学,第二小学,,核心校+新校,,2020-09-01,2019-09-01,,", "reversed"),
        ("甲集团,第一小学,第二小学,,核心校+新校,,2018-09-01,,2019-09-01,", "early"),
        ("甲集团,第一小学,第二小学,,核心校+新校,,2099-09-01,,,", "future"),
        ("甲集团,第一小学,第二小学,,核心校+新校,,,,,", "required"),
        ("甲集团,,第二小学,成员学校,核心校+新校,,2020-09-01,,,", "no_lead"),
    ],
)
def test_a_bad_row_is_sent_back_with_its_reason(
    bureau: Bureau, row: str, code: str
) -> None:
    summary = take(bureau, row)

    assert problems(summary) == [(2, code)]
    assert summary.rejected == 1
    assert not EducationGroup.objects.exists()


@pytest.mark.usefixtures("schools")
@pytest.mark.clause("AK-3.2.1")
def test_a_third_new_school_is_sent_back(bureau: Bureau) -> None:
    summary = take(
        bureau,
        *(
            f"甲集团,第一小学,第{n}小学,,核心校+新校,,2020-09-01,,2019-09-01,"
            for n in "二三四"
        ),
    )

    assert problems(summary) == [(4, "third_new")]
    assert Membership.objects.count() == 3


@pytest.mark.usefixtures("schools")
def test_a_school_is_not_taken_into_two_groups_at_once(bureau: Bureau) -> None:
    summary = take(
        bureau,
        "甲集团,第一小学,第三小学,,核心校+新校,,2020-09-01,,2019-09-01,",
        "乙集团,第二小学,第三小学,,核心校+新校,,2021-09-01,,2019-09-01,",
        "乙集团,第二小学,第四小学,,核心校+新校,,2021-09-01,,2019-09-01,",
    )

    assert problems(summary) == [(3, "elsewhere")]
    assert EducationGroup.objects.count() == 2


@pytest.mark.usefixtures("schools")
def test_an_ended_group_comes_in_as_ended(bureau: Bureau) -> None:
    take(
        bureau,
        "旧集团,,第一小学,龙头学校,,,2010-09-01,2015-09-01,2010-09-01,",
        "旧集团,,第二小学,成员学校,核心校+新校,,2010-09-01,2014-09-01,2010-09-01,",
    )

    group = EducationGroup.objects.get()
    assert (group.state, group.dissolved_on) == ("DISSOLVED", date(2015, 9, 1))
    assert group.phases.on(date(2012, 1, 1)).get().state == GroupState.ACTIVE


def test_a_decided_membership_is_not_changed_by_a_file(bureau: Bureau) -> None:
    from tests.groups.test_formation import approve, under_review

    case = approve(bureau, under_review(bureau))
    member = case.group.memberships.filter(role=Role.MEMBER).first()

    summary = take(
        bureau,
        f"{case.group.name},,{member.school},成员学校,名校+新校,领办,"
        f"{member.valid_from},,,",
    )

    assert problems(summary) == [(2, "decided")]


def test_homonyms_are_told_apart_by_the_code(bureau: Bureau) -> None:
    lead = bureau.school(name="第一小学")
    bureau.school(name="红星小学", distinguisher="东镇")
    bureau.school(name="红星小学", distinguisher="西镇")

    summary = take(bureau, f"甲集团,{lead},红星小学,,核心校+新校,,2020-09-01,,,")

    assert problems(summary) == [(2, "ambiguous_school")]


@pytest.mark.usefixtures("schools")
def test_the_command_prints_one_line_and_a_dry_run_keeps_nothing(
    bureau: Bureau, tmp_path: Any
) -> None:
    path = tmp_path / "名册.csv"
    row = "甲集团,第一小学,第二小学,,核心校+新校,,2020-09-01,,2019-09-01,"
    path.write_bytes(f"{HEAD}\n{row}".encode("gb18030"))

    def run(*args: str) -> dict[str, Any]:
        out = StringIO()
        call_command(
            "import_groups",
            str(path),
            "--region",
            bureau.county.code,
            "--json",
            *args,
            stdout=out,
        )
        [line] = out.getvalue().strip().splitlines()
        return json.loads(line)

    dry = run("--dry-run")
    assert (dry["created"], EducationGroup.objects.count()) == (1, 0)
    real = run()
    assert (real["created"], real["rejected"]) == (1, 0)
    assert EducationGroup.objects.count() == 1


def test_the_command_refuses_an_unknown_region(bureau: Bureau, tmp_path: Any) -> None:
    path = tmp_path / "名册.csv"
    path.write_text(HEAD)

    with pytest.raises((CommandError, SystemExit, Exception), match=r"没有代码|1"):
        call_command("import_groups", str(path), "--region", "000000")


@pytest.mark.usefixtures("schools")
def test_the_page_of_the_import_opens_for_the_bureau(
    bureau: Bureau, signed_in: Any
) -> None:
    standing_group(bureau.county)
    client = signed_in(bureau.person("DISTRICT_EDU"))

    response = client.get(reverse("core:import-start", args=["groups.membership"]))

    assert response.status_code == 200
    assert "集团名册" in response.content.decode()
