"""Combinations of settings that start but do not work: found by `manage.py check`, most of them with `--deploy`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Warn

#: Threads of a web process that may each hold a connection; `manage.py serve` gives the worker three more.
LEAST_POOL = 4


def _is_sqlite() -> bool:
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")


def _broker_is_ours() -> bool:
    return str(settings.CELERY_BROKER_URL).startswith("sqlite-lease://")


@register(Tags.compatibility)
def parts_fit_together(**_: Any) -> list[CheckMessage]:
    """Whatever the installation: what would lose work or stop it."""
    found: list[CheckMessage] = []
    if _is_sqlite() and settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://")):
        found.append(
            Warn(
                "Redis calls workers of other machines, but the database is a file of this one.",
                hint="Set RYAD_DATABASE_URL, or leave RYAD_REDIS_URL empty.",
                id="ryad.W001",
            )
        )
    if settings.OPENSEARCH["hosts"] and _broker_is_ours():
        found.append(
            Warn(
                "OpenSearch serves many machines, but the broker is a file of this one.",
                hint="Set RYAD_REDIS_URL, too.",
                id="ryad.W002",
            )
        )
    if not _is_sqlite() and not settings.REDIS_URL:
        found.append(
            Warn(
                "PostgreSQL serves many machines, but limits are counted and tasks sent in files of this one.",
                hint="Set RYAD_REDIS_URL, or run the site and its workers on one machine.",
                id="ryad.W003",
            )
        )
    pool = settings.DATABASES["default"].get("OPTIONS", {}).get("pool")
    if isinstance(pool, dict) and pool["max_size"] < LEAST_POOL:
        found.append(
            Error(
                f"A process may keep {pool['max_size']} connections, but its threads need {LEAST_POOL}:"
                " under load they would wait for each other until they fail.",
                hint="Raise RYAD_DATABASE_POOL.",
                id="ryad.E001",
            )
        )
    if "replica" in settings.DATABASES and _is_sqlite():
        found.append(Error("There is a replica but no PostgreSQL that it is one of.", id="ryad.E002"))
    return found


@register(Tags.security, deploy=True)
def fit_for_the_public(**_: Any) -> list[CheckMessage]:
    """What a public installation must not be."""
    found: list[CheckMessage] = []
    if settings.DEMO:
        found.append(
            Error(
                "The demo row is on: its sign-ins and passwords are in the repository.",
                hint="Set RYAD_DEMO=no.",
                id="ryad.E101",
            )
        )
    if not settings.SITE_URL.startswith("https://"):
        found.append(
            Error(
                f"Letters would lead to {settings.SITE_URL}, which is no HTTPS address.",
                hint="Set RYAD_SITE_URL to the public address.",
                id="ryad.E102",
            )
        )
    if settings.MONITORING_TOKEN and len(settings.MONITORING_TOKEN) < 32:
        found.append(
            Error("RYAD_MONITORING_TOKEN can be guessed: it needs 32 characters or more.", id="ryad.E103")
        )
    if any(network.prefixlen == 0 for network in settings.MONITORING_NETWORKS):
        found.append(Error("RYAD_MONITORING_NETWORKS is the whole internet.", id="ryad.E104"))
    if not settings.TRUSTED_PROXIES:
        found.append(
            Warn(
                "No proxy is trusted: behind one, every caller would count as the same address in limits.",
                hint="Set RYAD_TRUSTED_PROXIES to how many proxies of yours stand before the site.",
                id="ryad.W101",
            )
        )
    if not Path(settings.STATIC_ROOT).is_dir():
        found.append(
            Warn("The static files are not collected.", hint="manage.py collectstatic", id="ryad.W102")
        )
    return found
