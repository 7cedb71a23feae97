"""Open any file of rows: workbook, CSV or NDJSON, by its content and not its name."""

from core.imports.readers.layout import Layout, data_rows, find_layout
from core.imports.readers.opening import open_table
from core.imports.readers.source import Source, source_of
from core.imports.readers.tables import Table

__all__ = [
    "Layout",
    "Source",
    "Table",
    "data_rows",
    "find_layout",
    "open_table",
    "source_of",
]
