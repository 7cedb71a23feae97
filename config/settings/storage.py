"""Where uploaded files lie: a folder, or a bucket of an S3-compatible store."""

from typing import Any

from environ import Env

FOLDER = {"BACKEND": "django.core.files.storage.FileSystemStorage"}


def files_storage(env: Env) -> dict[str, Any]:
    """Return the storage of files: a bucket where FILES_BUCKET names one.

    Needs requirements-s3.txt. Files are private, are read through the portal only, and
    are never overwritten: their names are the hashes of their content.
    """
    bucket = env.str("FILES_BUCKET", default="")
    if not bucket:
        return FOLDER
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.str("FILES_ENDPOINT", default="") or None,
            "region_name": env.str("FILES_REGION", default="") or None,
            "access_key": env.str("FILES_ACCESS_KEY", default="") or None,
            "secret_key": env.str("FILES_SECRET_KEY", default="") or None,
            "addressing_style": env.str("FILES_ADDRESSING", default="path"),
            "default_acl": None,
            "file_overwrite": True,
            "querystring_auth": True,
        },
    }
