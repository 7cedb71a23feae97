"""Speed, measured against a limit or a naive peer in the same run."""
