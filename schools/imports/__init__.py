"""Imports of schools: the register, classes, and the figures of annual returns."""

from schools.imports.classes import ClassImport, OwnClassImport
from schools.imports.quality import QualityImport
from schools.imports.register import SchoolImport
from schools.imports.returns import OwnReturnImport, ReturnImport

__all__ = [
    "ClassImport",
    "OwnClassImport",
    "OwnReturnImport",
    "QualityImport",
    "ReturnImport",
    "SchoolImport",
]
