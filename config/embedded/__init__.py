"""A PostgreSQL and a Valkey that live inside the checkout, from their Python wheels."""

from config.embedded.errors import ServiceError
from config.embedded.services import Services

__all__ = ["ServiceError", "Services"]
