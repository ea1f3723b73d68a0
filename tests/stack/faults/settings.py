"""The production parts as `make run-full` takes them, with what a test needs to be quick."""

from marketplace.settings.dev import *  # noqa: F403 - a settings module is its names

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
RATE_LIMITS = {"search": None}
