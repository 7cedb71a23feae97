"""Reading teachers over the API; nothing of their identity numbers."""
