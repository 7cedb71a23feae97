"""Documents as frozen data: canonical JSON and its SHA-256."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from . import blocks
from .blocks import DATE, NOT_APPLICABLE, TEXT, Document, Value

Data = dict[str, Any]

FORMAT = 1
CLASSES: dict[str, type] = {
    name: value
    for name, value in vars(blocks).items()
    if dataclasses.is_dataclass(value) and isinstance(value, type)
}
# Characters that no XML file can hold, and halves of surrogate pairs.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def to_data(document: Document) -> Data:
    """Freeze a document into plain data: strings, whole numbers, lists, dicts.

    Raises TypeError for a float or any other value that JSON cannot hold exactly.
    """
    return {"format": FORMAT, **_encode(document, "document")}


def from_data(data: Mapping[str, Any]) -> Document:
    """Rebuild the document that `to_data` froze; unknown formats raise ValueError."""
    if data.get("format") != FORMAT or data.get("type") != "Document":
        raise ValueError(f"not a document of format {FORMAT}")
    document = _decode({key: data[key] for key in data if key != "format"})
    assert isinstance(document, Document)  # noqa: S101 - narrowed by the check above
    return document


def canonical_json(data: Mapping[str, Any]) -> bytes:
    """Write data as JSON that is the same for the same data.

    Keys are sorted, there is no white space, text is UTF-8; a float raises TypeError.
    """
    _refuse_floats(data, "data")
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def digest(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the data's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(data)).hexdigest()


def clean_text(text: str) -> str:
    """Drop the characters that no file format can hold; line ends become one."""
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _encode(value: object, where: str) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (field.name for field in dataclasses.fields(value))
        encoded = {
            name: _encode(getattr(value, name), f"{where}.{name}") for name in fields
        }
        return {"type": type(value).__name__, **encoded}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_encode(item, f"{where}[{i}]") for i, item in enumerate(value)]
    return _encode_scalar(value, where)


def _encode_scalar(value: object, where: str) -> str | int | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | Promise):
        return clean_text(str(value))
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if type(value) is date:
        return value.isoformat()
    raise TypeError(
        f"{where}: {value!r} ({type(value).__name__}) has no exact form in JSON"
    )


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    name = value["type"]
    if name not in CLASSES:
        raise ValueError(f"unknown part of a document: {name!r}")
    known = {field.name for field in dataclasses.fields(CLASSES[name])}
    fields = {key: _decode(value[key]) for key in value if key in known}
    return CLASSES[name](**TYPED.get(name, dict)(fields))


def _figure(fields: Data) -> Data:
    return fields | {"value": typed(fields["value"], fields["kind"])}


def _table(fields: Data) -> Data:
    kinds = [column.kind for column in fields["columns"]]

    def cells(row: Sequence[Any]) -> list[Value]:
        return [typed(cell, kind) for cell, kind in zip(row, kinds, strict=True)]

    total = fields.get("total")
    return fields | {
        "rows": [cells(row) for row in fields["rows"]],
        "total": None if total is None else cells(total),
    }


def _numbers(key: str) -> Any:
    def convert(fields: Data) -> Data:
        value = fields.get(key)
        if isinstance(value, list):
            return fields | {key: [typed(item, "number") for item in value]}
        return fields | {key: typed(value, "number")}

    return convert


def _dates(key: str) -> Any:
    return lambda fields: fields | {key: typed(fields.get(key), DATE)}


TYPED: dict[str, Any] = {
    "KeyFigure": _figure,
    "Table": _table,
    "Series": _numbers("values"),
    "Threshold": _numbers("value"),
    "Chart": _numbers("maximum"),
    "Signer": _dates("signed_on"),
    "Document": _dates("prepared_on"),
}


def typed(value: Any, kind: str) -> Value:
    """Give a frozen value its type back, by the kind of its column.

    Words in a column of numbers or dates ("免检", “—”) stay words.
    """
    if kind == TEXT or value is None or value == NOT_APPLICABLE:
        return str(value) if isinstance(value, int) else value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value) if kind == DATE else Decimal(value)
        except (ValueError, ArithmeticError):
            return value
    return int(value)


PLAIN = {str, int, bool, type(None)}


def _refuse_floats(value: object, where: str) -> None:
    found = _path_of_float(value)
    if found is not None:
        raise TypeError(f"{where}{found}: a float has no canonical form")


def _path_of_float(value: object) -> str | None:
    """Return the way to the first float, written only where there is one."""
    if isinstance(value, float):
        return ""
    steps: Iterable[tuple[object, object]] = ()
    if isinstance(value, Mapping):
        steps = value.items()
    elif isinstance(value, list | tuple):
        steps = enumerate(value)
    for step, item in steps:
        if type(item) in PLAIN:
            continue
        found = _path_of_float(item)
        if found is not None:
            return f"[{step}]{found}" if isinstance(step, int) else f".{step}{found}"
    return None
