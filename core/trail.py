"""What a log line knows of the work it belongs to, and how that goes from a request into the tasks it sends.

A request has an id, a task its own and that of the request it comes from, long work its job. So the lines of one
uploaded price list can be found from the click to the index. People are named by number.
"""

from __future__ import annotations

import re
import time
import uuid
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from celery import signals
from django.conf import settings

from core import metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest

log = structlog.get_logger(__name__)

HEADER: Final = "X-Request-ID"
_TASK_HEADER: Final = "ryad_request_id"
_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
#: Arguments of a view that name a thing and carry no secret.
_NAMING: Final = re.compile(r"(?:.+_)?(?:pk|id|slug)")

TASK_SECONDS: Final = metrics.histogram(
    "ryad_task_seconds",
    "Time of a task on a worker, by how it ended.",
    ["task", "state"],
    buckets=(0.05, 0.5, 5, 30, 120, 600, 3600),
)


@dataclass(slots=True)
class Tally:
    """Statements that a request or task has run, and the seconds they took."""

    statements: int = 0
    seconds: float = 0.0


_request: ContextVar[HttpRequest | None] = ContextVar("ryad_request", default=None)
_tally: ContextVar[Tally | None] = ContextVar("ryad_tally", default=None)


def begin_request(request: HttpRequest) -> tuple[str, Tally]:
    """Binds an id for the request: the proxy's where one of ours stands in front, else a new one."""
    given = request.headers.get(HEADER, "") if settings.TRUSTED_PROXIES else ""
    chosen = given if _ID.fullmatch(given) else uuid.uuid4().hex
    tally = Tally()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=chosen)
    _request.set(request)
    _tally.set(tally)
    return chosen, tally


def request_id() -> str:
    """The id of the request that is being answered, or that the present task comes from."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def end_request() -> None:
    structlog.contextvars.clear_contextvars()
    _request.set(None)
    _tally.set(None)


def view_of(request: HttpRequest | None) -> str:
    """The name of the view that answers, the same in all languages; one name for all addresses that nothing answers."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name or match.route) if match else "unknown"


def named_things(request: HttpRequest) -> dict[str, str | int]:
    """Which things the address names, as far as they carry no secret."""
    match = request.resolver_match
    found = match.kwargs if match else {}
    if getattr(request, "is_confidential", False):
        return {}  # the view found that even who asks for what is nobody's business
    return {
        name: value if isinstance(value, int) else str(value)
        for name, value in found.items()
        if _NAMING.fullmatch(name)
    }


def add_person(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Who asks, by number, if the request knows already: a log line asks the database nothing."""
    request = _request.get()
    user = None if getattr(request, "is_confidential", False) else getattr(request, "_cached_user", None)
    if user is not None and user.is_authenticated:
        event.setdefault("user", f"user:{user.pk}")
    return event


# Statements -----------------------------------------------------------------------------------------------


def watch_statements(connection: Any, **_: Any) -> None:
    """Receiver of `connection_created`: times every statement of that connection."""
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
    begun = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        took = time.perf_counter() - begun
        tally = _tally.get()
        if tally is not None:
            tally.statements += 1
            tally.seconds += took
        if took >= getattr(settings, "SLOW_STATEMENT_SECONDS", 1.0):
            # Only the text with its placeholders: values may be anybody's data.
            log.warning(
                "statement.slow",
                ms=round(took * 1000),
                sql=" ".join(str(sql).split())[:600],
                database=context["connection"].alias,
            )


# Tasks ----------------------------------------------------------------------------------------------------


def _keep_our_logging(**_: Any) -> None:
    """A worker logs as the settings say: with a receiver here Celery leaves logging alone."""


def _carry(sender: str = "", headers: dict[str, Any] | None = None, **_: Any) -> None:
    origin = request_id()
    if headers is not None and origin:
        headers[_TASK_HEADER] = origin
        log.info("task.sent", sent=sender, sent_id=headers.get("id"))


def _begin_task(task_id: str, task: Any, kwargs: Mapping[str, Any] | None = None, **_: Any) -> None:
    task.request.ryad_outside = (structlog.contextvars.get_contextvars(), _tally.get(), time.perf_counter())
    structlog.contextvars.clear_contextvars()
    known = {"task": task.name, "task_id": task_id, "request_id": task.request.get(_TASK_HEADER)}
    known |= {
        name: str(value)
        for name, value in (kwargs or {}).items()
        if name == "consumer" or name.endswith("_id")
    }
    structlog.contextvars.bind_contextvars(**{name: value for name, value in known.items() if value})
    _tally.set(Tally())


def _end_task(task: Any, state: str | None = None, **_: Any) -> None:
    outside, outer_tally, begun = task.request.ryad_outside
    took = time.perf_counter() - begun
    tally = _tally.get() or Tally()
    TASK_SECONDS.labels(task.name, state or "UNKNOWN").observe(took)
    log.info(
        "task",
        state=state,
        ms=round(took * 1000),
        statements=tally.statements,
        statement_ms=round(tally.seconds * 1000),
    )
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**outside)
    _tally.set(outer_tally)


signals.setup_logging.connect(_keep_our_logging)
signals.before_task_publish.connect(_carry)
signals.task_prerun.connect(_begin_task)
signals.task_postrun.connect(_end_task)
