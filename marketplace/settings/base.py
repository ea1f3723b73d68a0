"""What every installation shares. The environment is read through `env` alone."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from core.broker import sqlite_lease  # noqa: F401  (registers the transport's name with kombu)

from . import env, parts

ROOT = Path(__file__).resolve().parents[2]
VAR = env.path("RYAD_VAR", ROOT / "var")  # database, search index, broker, uploads: all that is not code
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = False
SECRET_KEY = ""
SECRET_KEY_FALLBACKS = env.words("RYAD_SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS: list[str] = []
ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
ASGI_APPLICATION = "marketplace.asgi.application"
SITE_NAME = "Ряд"
SITE_URL = env.text("RYAD_SITE_URL", "http://127.0.0.1:8000")
DEMO = env.boolean("RYAD_DEMO", default=False)
FIRST_CONTENT = True  # `migrate` makes first pages and the operators' group

INSTALLED_APPS = [
    "marketplace",
    "api",
    "cms",
    "storefront",
    "reviews",
    "buyer_requests",
    "price_lists",
    "search",
    "catalog",
    "vendors",
    "notifications",
    "accounts",
    "core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "django_filters",
    "wagtail.contrib.simple_translation",
    "wagtail.locales",
    "modelcluster",
    "taggit",
    "treebeard",
    "csp",
    "django_htmx",
    "modeltranslation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "catalog.photos.serving.PhotoMiddleware",
    "core.middleware.RequestMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads pages at random, against BREACH
    "csp.middleware.CSPMiddleware",
    "marketplace.csp.PageHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.OperatorSecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.DomainErrorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "marketplace.context_processors.site",
                "notifications.context_processors.unread",
                "vendors.context_processors.desks",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# One SQLite file unless a PostgreSQL server is named; a replica serves reads that may be a moment old.
DATABASES = parts.databases(
    VAR / "ryad.sqlite3",
    url=env.text("RYAD_DATABASE_URL", ""),
    replica=env.text("RYAD_DATABASE_REPLICA_URL", ""),
    pool=env.integer("RYAD_DATABASE_POOL", 10),
    statement_seconds=env.integer("RYAD_DATABASE_STATEMENT_SECONDS", 30),
)
WORKER_STATEMENT_SECONDS = env.integer("RYAD_WORKER_STATEMENT_SECONDS", 300)
if "replica" in DATABASES:
    DATABASE_ROUTERS = ["core.replica.ReplicaRouter"]
    _sessions = MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware")
    MIDDLEWARE.insert(_sessions, "core.replica.ReplicaMiddleware")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("RYAD_REDIS_URL", "")
CACHES = {"default": parts.cache(VAR / "cache", redis=REDIS_URL)}

# People ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Ryad"
OPERATORS_NEED_SECOND_FACTOR = env.boolean("RYAD_OPERATORS_NEED_SECOND_FACTOR", default=False)
# How many proxies of ours stand in front: so many entries of X-Forwarded-For are believed.
TRUSTED_PROXIES = env.integer("RYAD_TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
# Scope of `core.limits.rate_limited` -> rate that wins over the view's own, None for no limit.
RATE_LIMITS: dict[str, str | None] = {}

# From and until which hour of its own a vendor gets no letters or push about requests, unless it says otherwise.
QUIET_HOURS = (21, 8)

# Pages that lower rooms may link to by name (core.places).
PLACES = {
    "categories": "storefront:categories",
    "category": "storefront:category",
    "letter_choices": "notifications:choices",
    "offer": "storefront:offer",
    "product": "storefront:product",
    "rate_buyer": "reviews_desk:rate",
    "rate_pool": "reviews:rate_pool",
    "rate_vendor": "reviews:rate",
    "search": "storefront:search",
    "vendor": "storefront:vendor",
    "vendors": "storefront:vendors",
    "webhooks": "webhooks:list",
}

# Languages ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "uk"
LANGUAGES = [("uk", "Українська"), ("ru", "Русский"), ("en", "English")]
MODELTRANSLATION_LANGUAGES = ("uk", "ru", "en")
MODELTRANSLATION_DEFAULT_LANGUAGE = "uk"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("uk", "ru", "en")
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Europe/Kyiv"
USE_I18N = True
USE_TZ = True

# Files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.path("RYAD_STATIC_ROOT", VAR / "static")  # an image carries its own, apart from the data
STATICFILES_DIRS = [ROOT / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "core.staticfiles.NodeModulesFinder",
]
NODE_MODULES = ROOT / "node_modules"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
PRIVATE_ROOT = VAR / "private"  # vendors' files: never served by path
# What sealed bids are encrypted with, the newest first; without any, what signs sessions.
SEALING_SECRETS = env.words("RYAD_SEALING_SECRETS", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a request of 500 lines is one form
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
PRICE_LIST_MAX_BYTES = env.integer("RYAD_PRICE_LIST_MAX_MB", 500) * 1024 * 1024
# What anybody may have checked without an account: read in a child process, and nothing of it is kept.
PRICE_LIST_CHECK_MAX_BYTES = env.integer("RYAD_PRICE_LIST_CHECK_MAX_MB", 10) * 1024 * 1024
PRICE_LIST_CHECK_ROWS = env.integer("RYAD_PRICE_LIST_CHECK_ROWS", 20_000)
PRICE_LIST_CHECK_SECONDS = env.integer("RYAD_PRICE_LIST_CHECK_SECONDS", 30)
# Vendors' photos: fetched and shown from here, shown from where they are, or not at all.
# What was searched is kept so long; suggestions and reports by the hour look back ninety days.
SEARCH_LOG_DAYS = env.integer("RYAD_SEARCH_LOG_DAYS", 100)
# Vendors are told what is searched in vain only where so many searches stand behind it; never fewer than five.
UNMET_DEMAND_FEWEST = max(5, env.integer("RYAD_UNMET_DEMAND_FEWEST", 5))
# Into how many parts the lines of open requests are divided; each is matched by one worker of the queue `match` at a time.
MATCH_SHARDS = min(64, max(1, env.integer("RYAD_MATCH_SHARDS", 1)))

PHOTOS = env.choice("RYAD_PHOTOS", "fetch", ("fetch", "link", "off"))
# Room for the files of one vendor's photos; 0: as much as there is.
PHOTO_QUOTA_BYTES = env.integer("RYAD_PHOTO_QUOTA_MB", 50_000) * 1024 * 1024
# Prefixes of photo links that this installation serves itself: {"https://…/": "/static/…/"}.
DEMO_PHOTOS = {"https://photos.ryad.example/": "/static/demo/photos/"}
PHOTO_REWRITES = DEMO_PHOTOS if DEMO else {}

# Asking others ---------------------------------------------------------------------------------------------
# Vendors' links are asked at these ports, and never inside a private network but those named here.
OUTGOING_PORTS = env.integers("RYAD_OUTGOING_PORTS", "80,443,8080,8443")
OUTGOING_NETWORKS = env.networks("RYAD_OUTGOING_NETWORKS")
# Webhooks carry what concerns one company alone: never in plain text, but on a developer's own machine.
PUSH_SCHEMES: tuple[str, ...] = ("https",)  # of browsers' push services
WEBHOOK_SCHEMES: tuple[str, ...] = ("https",)

# Jobs -----------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or f"sqlite-lease:///{VAR / 'broker.sqlite3'}"

# Search ---------------------------------------------------------------------------------------------------
SEARCH_INDEX_PATH = VAR / "search"  # of the embedded engine, which serves unless an OpenSearch is named
OPENSEARCH = {
    "hosts": env.words("RYAD_OPENSEARCH_URL"),
    "prefix": env.text("RYAD_OPENSEARCH_PREFIX", "ryad"),  # of the names of indexes and aliases
    "shards": env.integer("RYAD_OPENSEARCH_SHARDS", 1),
    "replicas": env.integer("RYAD_OPENSEARCH_REPLICAS", 0),
    "timeout": 2.0,  # seconds a search may take before the database answers instead
}

# Money ----------------------------------------------------------------------------------------------------
BASE_CURRENCY = "UAH"  # the row's currency: the index and every comparison are in it

# Mail -----------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("RYAD_MAIL_FROM", "Ряд <no-reply@ryad.example>")

# Safety ---------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail previews pages in a frame of its own admin
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = {
    # Wagtail's and Django's admins carry inline scripts; their URLs get the looser policy of `marketplace.csp`.
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "https:", "data:"] if PHOTOS == "link" else [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, "https:"],
        "frame-src": [NONE],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}

# Wagtail --------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Ряд"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no page tells a third party who reads it
WAGTAILADMIN_PERMITTED_LANGUAGES = [("uk", "Українська"), ("ru", "Русский"), ("en", "English")]
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
# Passwords and addresses are changed where addresses are verified and attempts limited: in the profile.
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False

SILENCED_SYSTEM_CHECKS: list[str] = []

# Seeing what it does --------------------------------------------------------------------------------------
LOG_FORMAT = env.text("RYAD_LOG_FORMAT", "")
if LOG_FORMAT not in {"", "json", "line"}:
    raise env.SettingError(f"RYAD_LOG_FORMAT must be json or line, not {LOG_FORMAT!r}.")
SLOW_REQUEST_SECONDS = env.integer("RYAD_SLOW_REQUEST_MS", 1_000) / 1_000
SLOW_STATEMENT_SECONDS = env.integer("RYAD_SLOW_STATEMENT_MS", 500) / 1_000
# Who may read metrics and the reasons behind the state of health: bearers of the token, or these networks.
MONITORING_TOKEN = env.text("RYAD_MONITORING_TOKEN", "")
MONITORING_NETWORKS = env.networks("RYAD_MONITORING_NETWORKS")
# Counts are kept in files that all processes share once somebody may read them.
METRICS_DIR = VAR / "metrics" if MONITORING_TOKEN or MONITORING_NETWORKS else None
if METRICS_DIR is not None:
    METRICS_DIR.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)  # the library takes it from nowhere else
OTEL_ENDPOINT = env.text("RYAD_OTEL_ENDPOINT", "")
if OTEL_ENDPOINT:
    MIDDLEWARE.insert(
        MIDDLEWARE.index("core.middleware.RequestMiddleware") + 1, "marketplace.tracing.TracingMiddleware"
    )

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "core.logs.line_formatter", "style": LOG_FORMAT},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        # Wagtail tells of every index update of a page: noise beside the row's own events.
        "wagtail": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        # It writes whole addresses, which may carry a vendor's secret.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        # Our own lines say the same, with the ids that belong to it.
        "django.request": {"level": "ERROR"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
    "root": {"handlers": ["stderr"], "level": env.text("RYAD_LOG_LEVEL", "INFO")},
}
