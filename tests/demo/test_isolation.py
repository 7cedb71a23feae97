"""Scenario 11: a county reads nothing of another county, whichever door it tries.

What belongs to a county is told here by hand (``OF_REGION``), apart from the rules
under test: a model that gets pages or an API must be added with its way to a region.
"""

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.test import Client
from django.urls import get_resolver, reverse
from rest_framework.test import APIClient

from accounts.models import User
from bureau.models import Region
from bureau.services import create_client
from config.api import build_router
from core.models import Attachment, ImportRun, Job
from core.views.listing import ListPage
from demo.people import bureau_of
from evaluation.models import Assessment, Result
from groups.models import EducationGroup
from personnel.models import Teacher
from schools.models import School
from tests.browser.crawl import walk
from tests.demo.conftest import Loaded
from tests.test_role_matrix import _patterns

pytestmark = pytest.mark.django_db

PAIRS = [("990121", "990113"), ("990113", "990102")]
"""Who reads, and whom: a small county a large one, and that one the middle county."""
EVERYBODYS = {
    *("accounts.User", "accounts.RoleGrant", "accounts.AccessLog", "audit.Event"),
    *("bureau.AcademicYear", "bureau.Term", "bureau.PolicyDocument"),
    *("bureau.PolicyClause", "groups.GroupMode", "core.SavedView", "core.Job"),
    *("core.Notification", "core.Publicity", "evaluation.Framework"),
    *("bureau.Region", "django_celery_beat.PeriodicTask"),
}
"""What is common, personal or closed to counties; tested elsewhere."""
SCHOOL = "school__administered_by"
OF_REGION: dict[str, tuple[str, ...]] = {
    "bureau.PolicyParameter": ("region",),
    "bureau.Department": ("region",),
    "bureau.ApiClient": ("region",),
    "bureau.Target": ("region",),
    "schools.School": ("administered_by",),
    "schools.ClassSection": (SCHOOL,),
    "schools.SchoolContact": (SCHOOL,),
    "schools.SchoolReturn": (SCHOOL,),
    "schools.SchoolLabel": (SCHOOL,),
    "schools.SchoolHonour": (SCHOOL,),
    "schools.SchoolStage": (SCHOOL,),
    "schools.QualityResult": (SCHOOL,),
    "schools.ReturnUnlock": (f"school_return__{SCHOOL}",),
    "schools.ReturnReminder": (f"school_return__{SCHOOL}",),
    "personnel.Teacher": ("region",),
    "groups.EducationGroup": ("region",),
    "groups.Membership": ("group__region", SCHOOL),
    "groups.GroupCase": ("region",),
    "schools.Campus": (SCHOOL,),
    "schools.ClassReductionPlan": (SCHOOL,),
    "schools.ConstructionProject": (SCHOOL,),
    "schools.Partner": ("region",),
    "groups.Partnership": ("group__region",),
    "groups.CaseTask": ("case__region",),
    "roster.PupilRoster": ("region",),
    "roster.Source": ("region",),
    "roster.SyncRun": ("source__region",),
    "groups.Document": ("region", "group__region", "case__region"),
    "evaluation.Cycle": ("region",),
    "evaluation.Assessment": ("county",),
    "evaluation.Score": ("assessment__county",),
    "evaluation.Result": ("assessment__county",),
    "evaluation.PeriodicReport": ("assessment__county",),
}
NAMES_PARTNERS = {"groups:group-register", "groups:case-create"}
NAMES_PARTNERS |= {"groups:case-change", "groups:case-lines"}
NAMES_PARTNERS |= {"groups:membership-register"}
"""Forms where any running school of the city may be named as a member: its name and
county are offered there, and nothing else of it."""
OF_ANOTHER = {
    "schools:campus-create": "schools.School",
    "schools:contact-create": "schools.School",
    "schools:project-create": "schools.School",
    "schools:label-create": "schools.School",
    "schools:honour-create": "schools.School",
    "groups:document-create": "groups.EducationGroup",
    "groups:case-document-create": "groups.GroupCase",
}
"""Pages that make a row below the one their address names."""
BY_HAND = {"core.ReportRun", "core.ImportRun", "core.Attachment"}
BY_HAND |= {"bureau.PriorityArea", "bureau.AreaMember"}
"""Told apart below or, for an area that several regions share, in its own tests."""


def foreign(label: str, code: str) -> Any:
    """Return the rows of a model that belong to the county alone."""
    model = apps.get_model(label)
    rows, names = model._default_manager.order_by("pk"), OF_REGION[label]
    belongs = Q()
    for name in names:
        belongs &= Q(**{f"{name}__code": code}) | Q(**{f"{name}__isnull": True})
    someone = Q()
    for name in names:
        someone |= Q(**{f"{name}__code": code})
    return rows.filter(belongs & someone)


def client_of(code: str) -> Client:
    """Return the browser of the county's education bureau, signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(
        User.objects.get(username=bureau_of(code).username),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def program_of(code: str) -> APIClient:
    """Return a program of the county with a token for everything it may read."""
    registered, secret = create_client(
        name="isolation", region=Region.objects.get(code=code), scopes=["read"], by=None
    )
    client = APIClient()
    told = client.post(
        "/oauth/token/",
        {
            "grant_type": "client_credentials",
            "client_id": registered.client_id,
            "client_secret": secret,
        },
    ).json()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {told['access_token']}")
    return client


def secrets_of(code: str) -> list[str]:
    """Return words that only the county's own pages may hold."""
    schools = foreign("schools.School", code)
    groups = foreign("groups.EducationGroup", code)
    return [
        *schools.values_list("name", flat=True),
        *filter(None, schools.values_list("school_code", flat=True)),
        *groups.values_list("name", flat=True),
    ]


def pages_of_objects() -> Iterator[tuple[str, str, str]]:
    """Yield address name, argument and model label of the pages about one row."""
    for name, pattern in _patterns(get_resolver()):
        view = getattr(pattern.callback, "view_class", None)
        model = getattr(view, "model", None)
        kinds = pattern.pattern.converters
        if model is not None and "pk" in kinds:
            others = [key for key in kinds if key != "pk"]
            yield name, ",".join(others), OF_ANOTHER.get(name, model._meta.label)


def api_routes() -> list[tuple[str, str]]:
    """Return prefix and model label of every resource."""
    found = []
    for prefix, viewset, _name in build_router().registry:
        model = viewset.queryset.model
        found.append((prefix, model._meta.label))
    return found


@pytest.mark.clause("AK-1.3.1")
def test_every_model_with_a_page_or_an_api_is_told_here_how_it_belongs() -> None:
    shown = {label for _name, _others, label in pages_of_objects()}
    shown |= {label for _prefix, label in api_routes()}

    assert shown - EVERYBODYS - BY_HAND - OF_REGION.keys() == set()


@pytest.mark.parametrize(("reader", "other"), PAIRS)
@pytest.mark.clause("AK-1.3.1")
def test_pages_of_another_county_are_not_there(
    demo: Loaded, reader: str, other: str
) -> None:
    client, tried, opened = client_of(reader), 0, []

    for name, others, label in pages_of_objects():
        if label not in OF_REGION:
            continue
        for row in foreign(label, other)[:2]:
            args = {"pk": row.pk, **dict.fromkeys(filter(None, others.split(",")), 1)}
            status = client.get(reverse(name, kwargs=args)).status_code
            tried += 1
            if status not in {403, 404, 405}:
                opened.append((name, row.pk, status))

    assert opened == []
    assert tried > 20


@pytest.mark.parametrize(("reader", "other"), PAIRS)
@pytest.mark.clause("AK-1.3.1")
def test_the_api_lists_counts_and_shows_nothing_of_another_county(
    demo: Loaded, reader: str, other: str
) -> None:
    leaks = []
    for caller in (client_of(reader), program_of(reader)):
        for prefix, label in api_routes():
            if label not in OF_REGION:
                continue
            theirs = set(foreign(label, other).values_list("pk", flat=True))
            listed, total = _everything(caller, prefix)
            if listed & theirs or total != len(listed):
                leaks.append((prefix, len(listed & theirs), total, len(listed)))
            for pk in sorted(theirs)[:2]:
                status = caller.get(f"/api/v1/{prefix}/{pk}/").status_code
                if status not in {403, 404}:
                    leaks.append((prefix, pk, status, 0))

    assert leaks == []


def _everything(caller: Any, prefix: str) -> tuple[set[int], int]:
    url, listed, total = f"/api/v1/{prefix}/?page_size=500", set(), 0
    while url:
        answer = caller.get(url)
        if answer.status_code == 403:
            return set(), 0
        told = answer.json()
        total, url = told["count"], told["next"]
        listed |= {row["id"] for row in told["results"] if "id" in row}
    return listed, total if listed else 0


@pytest.mark.parametrize(("reader", "other"), PAIRS[:1])
@pytest.mark.clause("AK-1.3.1")
def test_no_page_a_county_can_walk_to_names_a_school_of_another(
    demo: Loaded, reader: str, other: str
) -> None:
    user = User.objects.get(username=bureau_of(reader).username)
    client, words = client_of(reader), secrets_of(other)
    codes = [word for word in words if word.isdigit()]
    found = walk(user)

    told = []
    for place in found.places:
        html = client.get(place.path, follow=True).content.decode()
        hidden = codes if place.kind[0] in NAMES_PARTNERS else words
        told += [(place.path, word) for word in hidden if word in html]

    assert found.faults == []
    assert told == []
    assert len(found.places) > 20


@pytest.mark.parametrize(("reader", "other"), PAIRS[:1])
@pytest.mark.clause("AK-1.3.1")
def test_no_list_can_be_exported_or_searched_for_rows_of_another_county(
    demo: Loaded, reader: str, other: str
) -> None:
    client, words = client_of(reader), secrets_of(other)
    told, exported = [], 0
    assert len(words) > 5

    for name, pattern in _patterns(get_resolver()):
        view = getattr(pattern.callback, "view_class", None)
        if not (view and issubclass(view, ListPage)) or pattern.pattern.converters:
            continue
        for fmt in ("csv", "xlsx"):
            answer = client.get(reverse(name), {"export": fmt})
            if answer.status_code != 200 or "attachment" not in answer.get(
                "Content-Disposition", ""
            ):
                continue
            raw = b"".join(answer) if answer.streaming else answer.content
            text = _text(raw, fmt)
            exported += 1
            told += [(name, fmt, word) for word in words if word in text]
        for word in words[:3]:
            answer = client.get(reverse(name), {"q": word})
            if not answer["Content-Type"].startswith("text/html"):
                continue
            html = answer.content.decode()
            told += [(name, w) for w in words if f">{w}<" in html]

    assert told == []
    assert exported > 5


def _text(raw: bytes, fmt: str) -> str:
    if fmt == "csv":
        return raw.decode("utf-8-sig", errors="replace")
    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True)
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    return "\n".join(str(cell) for row in rows for cell in row if cell is not None)


@pytest.mark.parametrize(("reader", "other"), PAIRS)
@pytest.mark.clause("AK-1.3.1")
def test_search_finds_nothing_of_another_county(
    demo: Loaded, reader: str, other: str
) -> None:
    client = client_of(reader)
    hits = []
    wanted = [
        *foreign("schools.School", other)[:5],
        *foreign("groups.EducationGroup", other)[:3],
        *foreign("personnel.Teacher", other)[:3],
    ]

    for row in wanted:
        word = row.staff_no if isinstance(row, Teacher) else row.name
        html = client.get(reverse("portal:search"), {"q": word}).content.decode()
        if f'href="{row.get_absolute_url()}"' in html:
            hits.append(row)

    assert hits == []
    assert any(isinstance(row, School) for row in wanted)


@pytest.mark.parametrize(("reader", "other"), PAIRS)
@pytest.mark.clause("AK-1.3.1")
def test_files_reports_jobs_and_imports_of_another_county_are_not_there(
    demo: Loaded, reader: str, other: str
) -> None:
    client, opened = client_of(reader), []
    subjects = {
        (ContentType.objects.get_for_model(model).pk, pk)
        for model in (School, EducationGroup, Assessment, Result)
        for pk in foreign(model._meta.label, other).values_list("pk", flat=True)
    }
    report_run = apps.get_model("core.ReportRun")
    addresses = [
        reverse("core:report-detail", args=[run.pk])
        for run in report_run.objects.all()
        if (run.subject_type_id, run.subject_id) in subjects
    ]
    documents = foreign("groups.Document", other).values_list("pk", flat=True)
    held = ContentType.objects.get_for_model(apps.get_model("groups.Document"))
    addresses += [
        reverse("core:attachment", args=[file.pk])
        for file in Attachment.objects.all()
        if (file.subject_type_id, file.subject_id) in subjects
        or (file.subject_type_id == held.pk and file.subject_id in set(documents))
    ]
    official = User.objects.get(username=bureau_of(other).username)
    job = Job.objects.create(kind="core.nothing", title="秘密", by=official)
    region = Region.objects.get(code=other)
    run = ImportRun.objects.create(
        kind="schools.school", by=official, scope=region, file_name="秘密.xlsx"
    )
    addresses.append(reverse("core:job", args=[job.pk]))
    addresses += [
        reverse(name, args=[run.pk])
        for name in ("core:import-detail", "core:import-preview", "core:import-undo")
    ]

    for address in addresses:
        status = client.get(address).status_code
        if status not in {403, 404, 405}:
            opened.append((address, status))

    assert opened == []
    assert len(addresses) > 4


@pytest.mark.clause("AK-1.3.1")
def test_the_city_reads_what_all_its_counties_keep(demo: Loaded) -> None:
    client = client_of("990113")
    city = Client()
    city.force_login(
        User.objects.get(username="ak_city"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )

    own, own_total = _everything(client, "schools")
    every, total = _everything(city, "schools")

    assert own < every
    assert own_total < total
    within = School.objects.filter(administered_by__path__startswith="990000/990100/")
    assert every == set(within.values_list("pk", flat=True))
