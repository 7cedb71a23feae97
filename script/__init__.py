"""The commands a newcomer needs."""
