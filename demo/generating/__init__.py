"""Whole counties, cities and provinces of invented schools, the same every time."""

from demo.generating.loading import generate
from demo.generating.sizes import SIZES, Size

__all__ = ["SIZES", "Size", "generate"]
