"""XLSX: a cover and one sheet for each table and picture, with real numbers."""

from .book import render_xlsx

__all__ = ["render_xlsx"]
