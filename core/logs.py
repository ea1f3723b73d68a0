"""Log lines for people at a terminal and for machines in production, from one structlog chain.

What must not be in a log is taken out here, last of all and whoever wrote it: addresses of people, passwords in
addresses of parts, questions after an address, and the row that a database quotes when it refuses it.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable
from typing import Any, Final

import orjson
import structlog
from structlog.tracebacks import ExceptionDictTransformer

from core import trail

_SHARED: Final[list[structlog.typing.Processor]] = [
    structlog.contextvars.merge_contextvars,
    trail.add_person,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# Each looks at a character a bounded number of times: what is logged may be as long as what somebody sent.
_REDACTED: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = (
    (re.compile(r"://[^/\s@]*@"), "://***@"),
    (re.compile(r"(?<![\w.+%-])[\w.+%-]++@[\w-]+(?:\.[\w-]+)+"), "***@***"),
    (
        re.compile(r"((?:https?:/|(?<![\w?]))/[^\s?\"'<>]*+)(\?[^\s\"'<>]+)?"),
        lambda address: f"{address[1]}?***" if address[2] else address[1],
    ),
    (
        re.compile(
            r"(?i)\b(password|passwd|secret|token|authorization|api[_-]?key|sessionid|csrftoken)\b"
            r"([\"']?\s*[=:]\s*[\"']?)(?:(?:bearer|basic)\s+)?[^\s\"',;&)]+"
        ),
        r"\1\2***",
    ),
    (re.compile(r"(?s)\b(DETAIL|CONTEXT):.*"), r"\1: ***"),
)


def line_formatter(style: str = "") -> logging.Formatter:
    """`style` is json or line; if it is neither, lines at a terminal and JSON where the output is piped."""
    as_lines = style == "line" or (style != "json" and sys.stderr.isatty())
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[_without_path, structlog.stdlib.ProcessorFormatter.remove_processors_meta]
        + (_LINE if as_lines else _JSON),
    )


def redact(text: str) -> str:
    """The text without what must not be in a log."""
    for pattern, instead in _REDACTED:
        text = pattern.sub(instead, text)
    return text


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(item) for item in value]
    return value


def _redact_all(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: _redacted(value) for key, value in event.items()}


def _without_path(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Django names the path of what went wrong; some paths carry keys from letters. The view's name says enough."""
    record = event.get("_record")
    request = getattr(record, "request", None)
    path = getattr(request, "path", "")
    if path and isinstance(event.get("event"), str):
        event["event"] = event["event"].replace(path, trail.view_of(request))
    return event


def _json(event: Any, **_: Any) -> str:
    try:
        return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        # A number beyond 64 bits, half a character: an address may hold anything, and a line is not lost for it.
        return json.dumps(event, default=repr, skipkeys=True)


_JSON: Final[list[structlog.typing.Processor]] = [
    # Local variables may hold anything, also what people typed: they stay out.
    structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False, max_frames=30)),
    _redact_all,
    structlog.processors.JSONRenderer(serializer=_json),
]
_LINE: Final[list[structlog.typing.Processor]] = [
    structlog.processors.format_exc_info,
    _redact_all,
    structlog.dev.ConsoleRenderer(),
]


structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
