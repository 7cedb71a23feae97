"""Rosters coming in: one engine behind rows, bundles and single writes."""
