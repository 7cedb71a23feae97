"""Rows of the bulk interface: a verdict for each, nothing unchanged rewritten."""

from typing import Any

from personnel.models import Teacher
from roster.models import Alias, Enrolment, Pupil
from schools.models import ClassSection, Course, School
from tests.bureau.factories import CountyFactory
from tests.personnel.factories import TeacherFactory
from tests.roster.inbound.factories import (
    codes,
    enrollment,
    keep_pupils,
    org,
    post,
    program,
    ref,
    results,
    section,
    session,
    user,
)
from tests.schools.factories import SchoolFactory


def fill(world: Any) -> None:
    """Send a school, its term, a class and a teacher."""
    assert results(post(world, "orgs", [org()])) == ["created"]
    assert results(post(world, "academicSessions", [session()])) == ["created"]
    assert results(post(world, "classes", [section()])) == ["created"]
    assert results(post(world, "users", [user()])) == ["created"]


def test_a_school_with_its_class_and_teacher_comes_in(world: Any) -> None:
    fill(world)

    response = post(world, "enrollments", [enrollment("e1", "u1", primary="true")])

    assert results(response) == ["created"]
    school = School.objects.get(sourced_id="s1")
    assert (school.administered_by, school.source) == (
        world.here,
        world.sender.source.code,
    )
    assert school.pinyin == "yunzhoushiyanxiaoxue"
    teacher = Teacher.objects.get(sourced_id="u1")
    assert (teacher.name, teacher.school, teacher.employment) == (
        "测试甲",
        school,
        "OTHER",
    )
    held = ClassSection.objects.get(sourced_id="c1")
    assert (held.stage, held.grade, held.number, held.year) == (
        "PRIMARY",
        3,
        2,
        world.year,
    )
    member = Enrolment.objects.get(sourced_id="e1")
    assert (member.teacher, member.section, member.is_primary) == (teacher, held, True)


def test_an_aide_by_extension_is_no_teacher_of_the_class(world: Any) -> None:
    fill(world)
    helper = {"metadata": {"cn.edu.role": "aide"}, "primary": "false"}
    lost = {"metadata": {"cn.edu.role": "wizard"}}

    response = post(
        world,
        "enrollments",
        [enrollment("e1", "u1", **helper), enrollment("e2", "u1", **lost)],
    )

    assert results(response) == ["created", "rejected"]
    assert codes(response, 1) == {"unknown_role"}
    assert Enrolment.objects.get(sourced_id="e1").role == "aide"


def test_the_same_rows_again_are_unchanged_and_nothing_is_written(world: Any) -> None:
    fill(world)
    before = list(Teacher.objects.values_list("changed_at", "source_hash"))

    response = post(world, "users", [user()])

    assert results(response) == ["unchanged"]
    assert list(Teacher.objects.values_list("changed_at", "source_hash")) == before


def test_a_changed_row_is_updated_and_a_pinned_field_stays(world: Any) -> None:
    fill(world)
    Teacher.objects.filter(sourced_id="u1").update(pinned=["name"])

    response = post(world, "users", [user(name="测试乙", identifier="T-9")])

    assert results(response) == ["updated"]
    teacher = Teacher.objects.get(sourced_id="u1")
    assert (teacher.name, teacher.staff_no) == ("测试甲", "T-9")


def test_every_error_of_a_row_is_named_and_good_rows_go_in(world: Any) -> None:
    fill(world)
    bad = user("u2", enabledUser="maybe", dateLastModified="yesterday")
    bad["roles"][0]["role"] = "wizard"
    bad["roles"][0]["org"] = ref("s404", "org")

    response = post(world, "users", [bad, user("u3", "测试丙")])

    assert results(response) == ["rejected", "created"]
    assert codes(response) == {
        "unknown_role",
        "unknown_primary_org",
        "bad_switch",
        "bad_moment",
    }
    said = response.json()["results"][0]["errors"]
    assert any("“wizard”" in error["message"] for error in said)
    assert response.json()["counts"] == {
        "received": 2,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "deleted": 0,
        "rejected": 1,
    }


def test_an_atomic_request_writes_all_or_nothing(world: Any) -> None:
    fill(world)
    rows = [user("u2", "测试乙"), user("u3", "测试丙", role="wizard")]

    response = post(world, "users", rows, "?mode=atomic")

    assert results(response) == ["created", "rejected"]
    assert response.json()["applied"] is False
    assert Teacher.objects.count() == 1


def test_a_trial_run_tells_all_and_writes_nothing(world: Any) -> None:
    fill(world)

    response = post(world, "users", [user("u2", "测试乙")], "?dryRun=true")

    assert results(response) == ["created"]
    assert response.json()["dryRun"] is True
    assert Teacher.objects.count() == 1


def test_one_row_may_not_come_twice(world: Any) -> None:
    response = post(world, "orgs", [org(), org(name="云洲第二小学")])

    assert results(response) == ["created", "rejected"]
    assert codes(response, 1) == {"duplicate_row"}


def test_a_removed_row_stays_as_removed_and_comes_back(world: Any) -> None:
    fill(world)

    gone = post(world, "users", [{"sourcedId": "u1", "status": "tobedeleted"}])
    again = post(world, "users", [{"sourcedId": "u1", "status": "tobedeleted"}])

    assert results(gone) == ["deleted"]
    assert results(again) == ["unchanged"]
    assert Teacher.objects.get(sourced_id="u1").removed_at is not None
    assert results(post(world, "users", [user()])) == ["updated"]
    assert Teacher.objects.get(sourced_id="u1").removed_at is None


def test_a_row_older_than_what_is_held_is_stale(world: Any) -> None:
    fill(world)
    new = user(name="测试新", dateLastModified="2026-11-02T00:00:00Z")
    old = user(name="测试旧", dateLastModified="2026-11-01T00:00:00.000Z")

    assert results(post(world, "users", [new])) == ["updated"]
    response = post(world, "users", [old])

    assert results(response) == ["unchanged"]
    assert response.json()["results"][0]["warnings"][0]["code"] == "stale"
    assert Teacher.objects.get(sourced_id="u1").name == "测试新"


def test_schools_of_another_region_are_unknown(world: Any) -> None:
    theirs = SchoolFactory(region=world.there, name="彼岸实验小学")
    told = post(world, "users", [user(primaryOrg=ref(theirs.public_id, "org"))])
    absent = post(world, "users", [user(primaryOrg=ref("school-0", "org"))])

    assert results(told) == results(absent) == ["rejected"]
    assert codes(told) == codes(absent) == {"unknown_primary_org"}
    assert Teacher.objects.count() == 0


def test_the_sources_of_two_regions_do_not_touch_each_other(world: Any) -> None:
    fill(world)
    other = CountyFactory(name="远山县")
    world.sender = program(other)

    fill(world)

    assert School.objects.filter(sourced_id="s1").count() == 2
    assert Teacher.objects.filter(sourced_id="u1").count() == 2


def test_a_school_known_by_its_code_is_linked_and_left_as_it_is(world: Any) -> None:
    code = f"21{world.here.code[:2]}000123"
    held = SchoolFactory(region=world.here, name="云洲老校", school_code=code)

    response = post(world, "orgs", [org(name="别的名字", identifier=code)])

    assert results(response) == ["unchanged"]
    assert response.json()["results"][0]["warnings"][0]["code"] == "linked"
    held.refresh_from_db()
    assert (held.name, School.objects.count()) == ("云洲老校", 1)
    assert Alias.objects.get(sourced_id="s1").object_id == held.pk
    assert results(post(world, "users", [user()])) == ["created"]
    assert Teacher.objects.get().school == held


def test_a_teacher_known_by_staff_number_is_linked(world: Any) -> None:
    fill(world)
    school = School.objects.get()
    held = TeacherFactory(school=school, staff_no="T-1")

    response = post(world, "users", [user("u9", "测试壬", identifier="T-1")])

    assert results(response) == ["unchanged"]
    assert Alias.objects.get(sourced_id="u9").object_id == held.pk
    assert results(post(world, "enrollments", [enrollment("e9", "u9")])) == ["created"]
    assert Enrolment.objects.get().teacher == held


def test_two_teachers_of_one_staff_number_do_not_both_come_in(world: Any) -> None:
    fill(world)
    rows = [user(f"u{n}", f"测试{n}", identifier="T-7") for n in (2, 3)]

    response = post(world, "users", rows)

    assert results(response) == ["created", "rejected"]
    assert codes(response, 1) == {"duplicate_staff_no"}


def test_a_teacher_needs_a_school_and_parents_are_not_kept(world: Any) -> None:
    fill(world)
    homeless = user("u2")
    homeless["roles"] = [{"roleType": "primary", "role": "teacher"}]

    response = post(world, "users", [homeless, user("u3", role="parent")])

    assert results(response) == ["rejected", "rejected"]
    assert (codes(response), codes(response, 1)) == ({"no_school"}, {"family_not_kept"})


def test_pupils_are_refused_and_only_counted_where_the_roster_is_off(
    world: Any,
) -> None:
    fill(world)

    people = post(world, "users", [user("p1", "测试童", role="student", grades=["03"])])
    members = post(world, "enrollments", [enrollment("e1", "p1", "student")])

    assert (results(people), codes(people)) == (["rejected"], {"pupils_off"})
    assert results(members) == ["unchanged"]
    assert members.json()["results"][0]["warnings"][0]["code"] == "counted_only"
    assert Enrolment.objects.count() == 0


def test_pupils_come_in_where_the_roster_is_on(world: Any) -> None:
    keep_pupils(world.here)
    fill(world)

    people = post(world, "users", [user("p1", "测试童", role="student", grades=["03"])])
    members = post(world, "enrollments", [enrollment("e1", "p1", "student")])

    assert (results(people), results(members)) == (["created"], ["created"])
    pupil = Pupil.objects.get()
    assert (pupil.family_name, pupil.given_name, pupil.grade) == ("测", "试童", 3)
    assert Enrolment.objects.get().pupil == pupil


def test_a_course_and_a_class_taught_in_it(world: Any) -> None:
    fill(world)
    course = {
        "sourcedId": "k1",
        "title": "数学",
        "courseCode": "MATH",
        "org": ref("s1", "org"),
        "subjects": ["数学"],
        "subjectCodes": ["13"],
    }
    taught = section(
        "c2", "数学走班", classType="scheduled", course=ref("k1", "course")
    )

    assert results(post(world, "courses", [course])) == ["created"]
    assert results(post(world, "classes", [taught])) == ["created"]

    held = ClassSection.objects.get(sourced_id="c2")
    assert (held.course, held.number) == (Course.objects.get(), 3)


def test_a_district_is_the_bureaus_own_region(world: Any) -> None:
    rows = [
        {"sourcedId": "d1", "name": "云洲区教育局", "type": "district"},
        org(parent=ref("d1", "org")),
    ]

    response = post(world, "orgs", rows)

    assert results(response) == ["created", "created"]
    assert Alias.objects.get(sourced_id="d1").object_id == world.here.pk
    assert results(post(world, "orgs", rows)) == ["unchanged", "unchanged"]


def test_terms_are_matched_and_never_made(world: Any) -> None:
    far = session("t9", startDate="2031-09-01", endDate="2032-01-20")

    response = post(world, "academicSessions", [session(), far])

    assert results(response) == ["created", "rejected"]
    assert codes(response, 1) == {"unknown_session"}


def test_numbers_of_classes_do_not_collide(world: Any) -> None:
    fill(world)
    rows = [section("c2", "三年级（2）班"), section("c3", "三年级火箭班")]

    response = post(world, "classes", rows)

    assert results(response) == ["rejected", "created"]
    assert codes(response) == {"number_taken"}
    assert ClassSection.objects.get(sourced_id="c3").number == 3
