"""Builders of the demo, one subject each; every one may run again and adds nothing."""
