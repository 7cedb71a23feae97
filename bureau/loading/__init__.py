"""Bring the shipped reference data into the database, as often as one likes."""

from bureau.loading.policies import load_parameters, load_policies
from bureau.loading.regions import load_regions, rename_row

__all__ = ["load_parameters", "load_policies", "load_regions", "rename_row"]
