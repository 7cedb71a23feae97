"""The import wizard: upload, map, preview, apply, result, undo."""

from core.views.imports.preview import ImportPreview
from core.views.imports.result import ImportDetail, ImportList, ImportResult, ImportUndo
from core.views.imports.start import ImportMapping, ImportStart, ImportTemplate

__all__ = [
    "ImportDetail",
    "ImportList",
    "ImportMapping",
    "ImportPreview",
    "ImportResult",
    "ImportStart",
    "ImportTemplate",
    "ImportUndo",
]
