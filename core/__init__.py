"""Machinery without a subject: moves, access, jobs, imports, reports, pages."""
