"""Tests: real PostgreSQL and a real Redis-protocol server, quick passwords."""

import os

from .base import *  # noqa: F403 - settings modules extend the base
from .base import BASE_DIR, REST_FRAMEWORK, STORAGES, TEMPLATES

SECRET_KEY = (
    "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"  # pragma: allowlist secret
)
FIELD_KEY = "only-for-tests-field-key"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = BASE_DIR / "var" / "test" / "files"
# browser tests set CELERY_EAGER=0 for the real worker beside them
CELERY_TASK_ALWAYS_EAGER = os.environ.get("CELERY_EAGER", "1") == "1"
CELERY_TASK_EAGER_PROPAGATES = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = False
SECOND_FACTOR = False
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"anon": None, "user": None}
ONEROSTER_PER_MINUTE = 0
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = ""
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405 - from the base
# script/test makes it once; without it each test database is migrated from nothing
DATABASES["default"]["TEST"] = {  # noqa: F405 - from the base
    "TEMPLATE": os.environ.get("TEST_TEMPLATE")
}
# each parallel test process has its own part of the cache and of the broker
CACHES["default"]["KEY_PREFIX"] = (  # noqa: F405 - from the base
    f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
)
SHOW_STYLEGUIDE = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    **CELERY_BROKER_TRANSPORT_OPTIONS,  # noqa: F405 - from the base
    "global_keyprefix": f"{CACHES['default']['KEY_PREFIX']}:",  # noqa: F405
}
