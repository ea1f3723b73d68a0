"""One machine, nothing else running: the embedded default that `make run` starts."""

from .base import *

DEBUG = env.boolean("RYAD_DEBUG", default=False)
SECRET_KEY = env.text("RYAD_SECRET_KEY", "only-for-this-machine-never-for-the-internet-0123456789")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *env.words("RYAD_ALLOWED_HOSTS")]
DEMO = env.boolean("RYAD_DEMO", default=True)
PHOTO_REWRITES = DEMO_PHOTOS if DEMO else {}
# Mail goes into files that a developer can open (var/mail).
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"
WEBHOOK_SCHEMES = ("https", "http")
# Static files straight from their sources: no collecting before the first start.
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = DEBUG
# Browsers let passkeys work without TLS at localhost alone (never at 127.0.0.1, which is no name).
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
