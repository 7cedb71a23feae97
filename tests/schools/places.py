"""A city with ten counties, one of which once had another name and code."""

from datetime import date

from bureau.choices import Level
from bureau.models import Region, RegionName
from bureau.models.region import BEGINNING
from tests.bureau.factories import RegionFactory

COUNTIES = {
    "610902": "汉滨区",
    "610921": "汉阴县",
    "610922": "石泉县",
    "610923": "宁陕县",
    "610924": "紫阳县",
    "610925": "岚皋县",
    "610926": "平利县",
    "610927": "镇坪县",
    "610929": "白河县",
}
RENAMED_ON = date(2021, 2, 26)


def ankang() -> Region:
    """Return the city; 旬阳县 (610928) became 旬阳市 (610981) in 2021."""
    province = RegionFactory(
        code="610000", name="陕西省", level=Level.PROVINCE, parent=None
    )
    city = RegionFactory(
        code="610900", name="安康市", level=Level.CITY, parent=province
    )
    for code, name in COUNTIES.items():
        RegionFactory(code=code, name=name, level=Level.COUNTY, parent=city)
    renamed = RegionFactory(
        code="610981", name="旬阳市", level=Level.COUNTY, parent=city
    )
    RegionName.objects.filter(region=renamed).update(valid_from=RENAMED_ON)
    RegionName.objects.create(
        region=renamed,
        code="610928",
        name="旬阳县",
        valid_from=BEGINNING,
        valid_to=RENAMED_ON,
    )
    return city


def banan() -> Region:
    """Return a district of a municipality."""
    province = RegionFactory(
        code="500000", name="重庆市", level=Level.PROVINCE, parent=None
    )
    return RegionFactory(
        code="500113", name="巴南区", level=Level.COUNTY, parent=province
    )
