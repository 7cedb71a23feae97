"""Settings, URLs, Celery and the embedded services of the portal."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
