"""Pages of groups, their cases, documents and modes."""
