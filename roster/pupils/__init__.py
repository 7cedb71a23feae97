"""Switching the minimal roster of pupils on and off, region by region."""
