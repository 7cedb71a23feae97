"""The tree of regions: place, names, lookup, the shipped list."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DataError

from bureau.choices import Level
from bureau.data import rows
from bureau.loading import load_regions
from bureau.models import Region, RegionName
from bureau.models.region import BEGINNING
from bureau.regions import RegionNotFound, find_region
from bureau.services import create_region, rename_region
from tests.bureau.factories import CityFactory, CountyFactory, ProvinceFactory

pytestmark = pytest.mark.django_db


def test_path_and_lineage_are_worked_out_by_the_database() -> None:
    county = CountyFactory()

    city, province = county.parent, county.parent.parent
    assert county.path == f"{province.code}/{city.code}/{county.code}/"
    assert county.lineage == [province.pk, city.pk, county.pk]


def test_bulk_created_regions_get_their_place_too() -> None:
    city = CityFactory()

    Region.objects.bulk_create(
        Region(
            code=f"97010{n}",
            name=f"某{n}区",
            short_name=f"某{n}",
            level=Level.COUNTY,
            parent=city,
            valid_from=BEGINNING,
        )
        for n in range(3)
    )

    assert Region.objects.within(city).count() == 4
    assert Region.objects.under_ids([city.pk]).count() == 4


def test_moving_a_region_moves_everything_below_it() -> None:
    town = create_region("990101001", "某镇", Level.TOWN, CountyFactory())
    county, other = town.parent, CityFactory()

    county.parent = other
    county.save()

    town.refresh_from_db()
    assert town.path.startswith(f"{other.path}{county.code}/")
    assert other.pk in town.lineage


def test_raw_change_of_a_code_rewrites_the_paths_below() -> None:
    county = CountyFactory()

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bureau_region SET code = '991199' WHERE id = %s", [county.parent_id]
        )

    county.refresh_from_db()
    assert "/991199/" in county.path


def test_a_region_cannot_lie_within_itself() -> None:
    county = CountyFactory()

    with pytest.raises(IntegrityError, match="within itself"), transaction.atomic():
        Region.objects.filter(pk=county.parent_id).update(parent=county)


@pytest.mark.parametrize("code", ["12345", "1234567", "99010X", "990100-gx"])
def test_a_code_of_another_shape_is_refused(code: str) -> None:
    city = CityFactory()

    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        CountyFactory(code=code, parent=city)


def test_a_functional_zone_has_an_internal_code() -> None:
    zone = create_region(
        "990100-GX", "示范高新区", Level.FUNCTIONAL_ZONE, CityFactory()
    )

    assert zone.path.endswith("/990100-GX/")


def test_a_province_has_no_parent_and_others_have_one() -> None:
    province = ProvinceFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        CountyFactory(parent=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProvinceFactory(code="970000", parent=province)


def test_two_names_on_one_day_are_refused_by_the_database() -> None:
    county = CountyFactory()

    with pytest.raises(IntegrityError, match="region_one_name_a_day"):
        RegionName.objects.bulk_create(
            [
                RegionName(
                    region=county,
                    code="980101",
                    name="别名县",
                    valid_from=date(2020, 1, 1),
                )
            ]
        )


def test_a_renamed_region_is_found_by_both_names_and_keeps_its_row() -> None:
    county = CountyFactory(code="980128", name="旬山县")

    renamed = rename_region(
        county,
        code="980181",
        name="旬山市",
        short_name="旬山",
        on=date(2021, 2, 1),
        by=None,
        reason="撤县设市",
    )

    assert renamed.pk == county.pk
    assert find_region("旬山县") == find_region("980128") == renamed
    former = renamed.names.on(date(2020, 6, 1)).get()
    assert (former.code, former.name) == ("980128", "旬山县")


def test_a_name_that_fits_two_regions_is_asked_about() -> None:
    first, second = CountyFactory(name="城关区"), CountyFactory(name="城关区")

    with pytest.raises(RegionNotFound, match="对应多个行政区") as refusal:
        find_region("城关区")

    assert first.code in str(refusal.value)
    assert find_region("城关区", within=second.parent) == second


def test_an_unknown_region_is_named_in_the_refusal() -> None:
    with pytest.raises(RegionNotFound, match="无此县"):
        find_region("无此县")


@pytest.mark.usefixtures("country")
class TestShippedList:
    """The country's tree as it is shipped."""

    def test_holds_every_province_city_and_county_once(self) -> None:
        count = {
            level: Region.objects.filter(level=level).open().count() for level in Level
        }

        assert count[Level.PROVINCE] == 34
        assert count[Level.CITY] == 333
        assert 2840 <= count[Level.COUNTY] <= 2850
        assert not Region.objects.filter(name="市辖区").exists()

    def test_loading_again_changes_nothing(self) -> None:
        before = list(Region.objects.values_list("pk", "code", "changed_at"))

        assert load_regions() == 0

        assert list(Region.objects.values_list("pk", "code", "changed_at")) == before

    def test_former_county_under_its_city_leads_to_the_present_one(self) -> None:
        ankang = find_region("安康市")

        found = find_region("旬阳县", within=ankang)

        assert (found.code, found.name) == ("610981", "旬阳市")
        assert found.names.on(date(2020, 9, 1)).get().code == "610928"

    def test_counties_of_a_municipality_hang_under_it(self) -> None:
        assert find_region("巴南区").path == "500000/500113/"

    def test_cities_without_counties_stand_as_cities(self) -> None:
        for code in ("441900", "442000", "460400", "620200"):
            assert find_region(code).level == Level.CITY

    def test_counties_without_a_city_hang_under_the_province(self) -> None:
        assert find_region("仙桃市").parent.code == "420000"

    def test_a_merged_district_leads_to_its_successor(self) -> None:
        assert find_region("江干区").name == "上城区"
        assert Region.objects.get(code="330104").valid_to == date(2021, 4, 1)

    def test_a_district_split_off_knows_where_it_came_from(self) -> None:
        linping = find_region("临平区")

        assert linping.predecessor.name == "余杭区"
        assert linping.valid_from == date(2021, 4, 1)

    def test_every_known_change_is_findable(self) -> None:
        changes = [c for c in rows("region_changes.csv") if c["kind"] == "RENAME"]

        for change in changes:
            city = Region.objects.get(code=change["new_code"])
            found = find_region(change["old_name"], within=city)
            assert found.code == change["new_code"], change
        assert len(changes) >= 30

    def test_a_row_under_its_former_code_is_renamed_in_place(self) -> None:
        region = find_region("610981")
        region.names.all().delete()
        Region.objects.filter(pk=region.pk).update(code="610928", name="旬阳县")
        RegionName.objects.create(
            region=region, code="610928", name="旬阳县", valid_from=BEGINNING
        )

        assert load_regions() == 1

        region.refresh_from_db()
        assert (region.code, region.name) == ("610981", "旬阳市")
        assert find_region("旬阳县") == region
