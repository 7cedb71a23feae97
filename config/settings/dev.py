"""A single machine: embedded services, plain static files, no TLS."""

from .base import *  # noqa: F403 - settings modules extend the base
from .base import STORAGES, env

DEBUG = env.bool("DEBUG", default=False)
WHITENOISE_USE_FINDERS = True
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
