"""Scoring as pure functions of decimals: no database, no clock."""
