"""A Celery broker in one SQLite file: what a single machine needs instead of Redis, safe against kill -9.

Importing this package teaches kombu the URL scheme `sqlite-lease`, and `redis` to outlive the loss of Redis.
"""

from pathlib import Path
from urllib.parse import quote, unquote

from kombu.transport import TRANSPORT_ALIASES

SCHEME = "sqlite-lease"
TRANSPORT_ALIASES[SCHEME] = "core.broker.sqlite_lease:Transport"
TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "core.broker.redis_transport:Transport"


def broker_url(path: Path) -> str:
    """The URL that names the broker file `path` in Celery's `broker_url`."""
    return f"{SCHEME}://{quote(str(path.resolve()))}"


def broker_path(url: str) -> Path:
    """The file that a URL names: `sqlite-lease:///srv/ryad/broker.sqlite3` is the absolute path after the scheme."""
    path = unquote(url.removeprefix(f"{SCHEME}://"))
    if not path.startswith("/"):
        raise ValueError(
            f"A broker URL needs an absolute path, as in {SCHEME}:///srv/ryad/broker.sqlite3: {url}"
        )
    return Path("/" + path.lstrip("/"))
