"""Rosters as files: OneRoster CSV bundles read strictly and written exactly."""
