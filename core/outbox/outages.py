"""Which database errors pass by themselves, and which will not however often the work is tried."""

from __future__ import annotations

import enum
import sqlite3
from typing import Final

from django.db import InterfaceError, OperationalError

from core.errors import Unavailable

# Primary result codes of SQLite: nobody may write now, the file or the disk is out of reach, memory is short.
_SQLITE_DOWN: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
# Classes of SQLSTATE: connection, resources, operator's intervention, system (disk, files). PostgreSQL appendix A.
_POSTGRESQL_DOWN: Final = ("08", "53", "57P", "58")
# Transaction rolled back by the server (deadlock, serialization), a statement or a lock that took too long.
_POSTGRESQL_BUSY: Final = ("40", "57014", "55P03")


class Outage(enum.Enum):
    """DOWN: tried again for as long as it takes. BUSY: the same for a day, then the work itself is to blame."""

    NONE = "none"
    DOWN = "down"
    BUSY = "busy"


def outage(error: BaseException) -> Outage:
    """What an error of a handler says about the parts that it needs; NONE: it is the entry that fails."""
    if isinstance(error, Unavailable | InterfaceError):
        return Outage.DOWN
    if not isinstance(error, OperationalError):
        return Outage.NONE
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return Outage.DOWN if code & 0xFF in _SQLITE_DOWN else Outage.NONE
    state: str | None = getattr(cause, "sqlstate", None)
    if state is None:  # the server never answered: no connection, or one that was cut
        return Outage.DOWN
    if state.startswith(_POSTGRESQL_DOWN):
        return Outage.DOWN
    return Outage.BUSY if state.startswith(_POSTGRESQL_BUSY) else Outage.NONE
