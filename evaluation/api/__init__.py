"""Appraisal over the API."""
