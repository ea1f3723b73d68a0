"""Who listens: the handler of each outbox consumer, filled once by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Handler = Callable[[list[dict[str, Any]]], None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """A listener. `exclusive`: never two batches at once, for work with a single writer; asked at each claim where
    it depends on the settings. `shared_batch` is the size of a batch where several workers have one each. Before each
    batch it lets `gives_way_to`, a listener of the same queue, go first.
    """

    name: str
    handler: Handler
    queue: str = "default"
    batch: int = 200
    exclusive: bool | Callable[[], bool] = False
    shared_batch: int | None = None
    gives_way_to: str = ""

    @property
    def is_exclusive(self) -> bool:
        return self.exclusive if isinstance(self.exclusive, bool) else self.exclusive()

    @property
    def batch_now(self) -> int:
        """Entries in a batch, as things are."""
        return self.batch if self.shared_batch is None or self.is_exclusive else self.shared_batch


_consumers: dict[str, Consumer] = {}


def register(
    name: str,
    handler: Handler,
    *,
    queue: str = "default",
    batch: int = 200,
    exclusive: bool | Callable[[], bool] = False,
    shared_batch: int | None = None,
    gives_way_to: str = "",
) -> None:
    """Make `handler` the listener `name`. `batch` is how many entries it gets at most in one call."""
    if name in _consumers and _consumers[name].handler is not handler:
        raise ValueError(f"The outbox consumer {name!r} is registered already.")
    _consumers[name] = Consumer(name, handler, queue, batch, exclusive, shared_batch, gives_way_to)


def unregister(name: str) -> None:
    """Forget a listener; its entries wait."""
    _consumers.pop(name, None)


def consumer(name: str) -> Consumer:
    """The listener of that name; LookupError names those there are."""
    try:
        return _consumers[name]
    except KeyError:
        known = ", ".join(sorted(_consumers)) or "none"
        raise LookupError(f"No outbox consumer {name!r} is registered (known: {known}).") from None


def consumers() -> dict[str, Consumer]:
    return dict(_consumers)
