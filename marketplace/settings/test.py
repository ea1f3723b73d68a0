"""Tests: databases in memory, no sockets, quick password hashes."""

import tempfile

from .base import *

SECRET_KEY = "test-only"  # noqa: S105 - protects nothing
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
VAR = Path(tempfile.mkdtemp(prefix="ryad-test-"))
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["NAME"] = VAR / "ryad.sqlite3"
else:
    for database in DATABASES.values():
        # The test database is made and dropped: no pool may hold on to it.
        database["OPTIONS"].pop("pool", None)
FIRST_CONTENT = False  # each test makes what it looks at; a flushed database would be filled again after each
MEDIA_ROOT = VAR / "media"
PHOTO_REWRITES = DEMO_PHOTOS  # tests load parts of the demo
PRIVATE_ROOT = VAR / "private"
SEARCH_INDEX_PATH = VAR / "search"
OPENSEARCH = OPENSEARCH | {"hosts": []}  # the environment names a node for those tests that ask for one
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
QUIET_HOURS = (0, 0)  # what is told must not hang on the hour at which the tests run
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL = "memory://"
CELERY_TASK_ALWAYS_EAGER = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SERVESTATIC_USE_FINDERS = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the test server speaks plain HTTP at localhost
