"""Rosters coming in: one engine behind the bulk interface, bundles and single writes."""
