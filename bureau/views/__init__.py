"""Pages of the administrative frame."""
