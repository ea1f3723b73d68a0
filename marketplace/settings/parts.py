"""Settings of the parts that an installation may choose: its database, its cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url

# IMMEDIATE: a transaction that will write takes the lock first, so it waits instead of failing when it upgrades;
# WAL: readers go on while one writes.
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
        " PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456; PRAGMA foreign_keys=ON;"
    ),
}


def databases(
    file: Path, *, url: str, replica: str, pool: int, statement_seconds: int
) -> dict[str, dict[str, Any]]:
    """`DATABASES`: SQLite in `file` where no `url` is given, else PostgreSQL, with a replica if one is named.

    `pool` is how many connections a process keeps at most, 0 for none: then each request and each task has one of its
    own. A statement is ended by the server after `statement_seconds`.
    """
    if not url:
        return {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file, "OPTIONS": _SQLITE_OPTIONS}}
    found = {"default": _postgresql(url, pool, statement_seconds)}
    if replica:
        found["replica"] = _postgresql(replica, pool, statement_seconds) | {"TEST": {"MIRROR": "default"}}
        # The primary serves as well: nobody waits long for a replica that is away.
        found["replica"]["OPTIONS"]["connect_timeout"] = 2
        if pool:
            found["replica"]["OPTIONS"]["pool"] |= {"timeout": 2, "reconnect_timeout": 2}
    return found


def _postgresql(url: str, pool: int, statement_seconds: int) -> dict[str, Any]:
    server_side = {
        "statement_timeout": f"{statement_seconds}s",
        # What waits longer for a lock is better tried again than left to pile up behind it.
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "60s",
        # Compiling a plan takes longer than any page may.
        "jit": "off",
    }
    told = dj_database_url.parse(url)
    kept = {
        "min_size": 1,
        "max_size": pool,
        "timeout": 5,
        # The pool waits twice as long after each failed try: it begins anew, or it finds the server that is
        # back only after as long as that was away.
        "reconnect_timeout": 4,
        "max_lifetime": 1800,
        "max_idle": 300,
    }
    return {
        **told,
        # The pool keeps connections. Without one nothing does: a page is served in a thread of its own, which would
        # take the connection that it kept with it.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **told.get("OPTIONS", {}),  # ?sslmode=verify-full
            **({"pool": kept} if pool else {}),
            "application_name": "ryad",
            "connect_timeout": 5,
            "options": " ".join(f"-c {name}={value}" for name, value in server_side.items()),
        },
    }


def cache(folder: Path, *, redis: str) -> dict[str, Any]:
    """`CACHES["default"]`: files that processes of one machine share, or Redis."""
    if not redis:
        return {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": folder,
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": redis,
        "KEY_PREFIX": "ryad",
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 1,
            # Nothing in the cache is needed to serve a page.
            "IGNORE_EXCEPTIONS": True,
        },
    }
