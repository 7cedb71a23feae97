"""Imports of schools: the register, and the figures of annual returns."""

from schools.imports.register import SchoolImport
from schools.imports.returns import OwnReturnImport, ReturnImport

__all__ = ["OwnReturnImport", "ReturnImport", "SchoolImport"]
