"""Handing a message to the broker from where nobody may wait for it or fail because of it.

What must be done is a row (a job, an outbox entry, a letter) before it is a message, and a sweep finds rows whose
message was lost. So a page tries once, briefly, and after a broker that did not even refuse it leaves the sweep to
do it for a while.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from kombu.exceptions import KombuError

if TYPE_CHECKING:
    from collections.abc import Callable

#: A failure that took longer than this was a broker that does not answer; one that refuses does so at once.
SLOW_SECONDS: Final = 0.8
#: So long after a slow failure this process does not try again.
PAUSE_SECONDS: Final = 10.0


class _Patience:
    def __init__(self) -> None:
        self.until = 0.0

    def forget(self) -> None:
        self.until = 0.0


patience = _Patience()


def hand_over(send: Callable[[], object]) -> Exception | None:
    """Call `send`, which publishes with `retry=False`; None, or why the broker has not got the message."""
    began = time.monotonic()
    if began < patience.until:
        return TimeoutError("the broker did not answer a moment ago")
    try:
        send()
    except (KombuError, OSError) as error:
        if time.monotonic() - began > SLOW_SECONDS:
            patience.until = time.monotonic() + PAUSE_SECONDS
        return error
    return None
