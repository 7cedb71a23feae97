"""DOCX in the layout of GB/T 9704—2012."""

from .package import render_docx

__all__ = ["render_docx"]
