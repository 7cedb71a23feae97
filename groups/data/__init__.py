"""Modes and checklists as data."""
