"""A public installation: fails at once when a secret is missing."""

from .base import *

SECRET_KEY = env.text("RYAD_SECRET_KEY")
ALLOWED_HOSTS = env.words("RYAD_ALLOWED_HOSTS")
if not ALLOWED_HOSTS:
    raise env.SettingError("Set RYAD_ALLOWED_HOSTS to the host names of this site, separated by commas.")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
EMAIL_HOST = env.text("RYAD_MAIL_HOST")
EMAIL_PORT = env.integer("RYAD_MAIL_PORT", 587)
EMAIL_HOST_USER = env.text("RYAD_MAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("RYAD_MAIL_PASSWORD", "")
EMAIL_USE_TLS = env.boolean("RYAD_MAIL_TLS", default=True)
OPERATORS_NEED_SECOND_FACTOR = env.boolean("RYAD_OPERATORS_NEED_SECOND_FACTOR", default=True)
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# The prefix makes browsers refuse these cookies from other hosts of the domain and without TLS.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
# Machines of ours ask these inside the network, before any proxy has ended TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$", r"^metrics$"]
LOG_FORMAT = LOG_FORMAT or "json"
LOGGING["formatters"]["line"]["style"] = LOG_FORMAT
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}
SILENCED_SYSTEM_CHECKS = [
    "security.W019",  # frames of our own pages: Wagtail previews in one; `frame-ancestors` keeps all others out
    "security.W021",  # a place in browsers' preload lists can hardly be taken back: the domain's owner decides
]
