"""Live auctions at the server's edge: who may read is Django's to say, then the stream goes on without a thread of its own.

Django keeps a thread for each request until its answer ends, and a database connection with it. So the page's view
answers at once with what has happened (enough for a server that does not know this module), and leaves the reader in the
scope; the edge holds that answer open and adds what follows. One task of the process asks the database for new events of
all auctions that are watched, over one connection that is given back when nobody watches.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import structlog

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

logger = structlog.get_logger(__name__)

#: Where the view finds the place for its reader.
SCOPE: Final = "ryad.live"
POLL_SECONDS: Final = 0.2
TICK_SECONDS: Final = 15.0
#: A stream ends then and the browser comes back by itself: rights are looked at anew.
LONGEST_SECONDS: Final = 900.0
#: Messages that wait for a slow reader; beyond it comes back later for the rest.
MOST_WAITING: Final = 500
#: Open streams of one person, and of this process: who finds no room gets what has happened and comes back later.
MOST_OF_A_PERSON: Final = 8
MOST_OF_A_PROCESS: Final = 2_000
NO_ROOM: Final = b"retry: 15000\n\n"


class Watcher:
    """One open stream: its reader, how far it was told, and what waits to be sent."""

    def __init__(self, reader: Any) -> None:
        self.reader = reader
        self.last: int = reader.last
        self.waiting: asyncio.Queue[str | None] = asyncio.Queue(MOST_WAITING)

    def put(self, message: str | None) -> None:
        try:
            self.waiting.put_nowait(message)
        except asyncio.QueueFull:
            self.waiting.get_nowait()
            self.waiting.put_nowait(None)


class Hub:
    """All watchers of this process and the one task that feeds them."""

    def __init__(self) -> None:
        self.watchers: set[Watcher] = set()
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="auctions-live")

    def has_room(self, reader: Any) -> bool:
        person = getattr(reader, "person", None)
        if len(self.watchers) >= MOST_OF_A_PROCESS:
            return False
        if person is None:
            return True
        held = sum(getattr(each.reader, "person", None) == person for each in self.watchers)
        return bool(held < MOST_OF_A_PERSON)

    def join(self, watcher: Watcher) -> None:
        self.watchers.add(watcher)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._feed())

    def leave(self, watcher: Watcher) -> None:
        self.watchers.discard(watcher)

    async def _feed(self) -> None:
        loop = asyncio.get_running_loop()
        next_tick = loop.time() + TICK_SECONDS
        while self.watchers:
            begun = loop.time()
            wants: dict[int, int] = {}
            for watcher in self.watchers:
                auction = watcher.reader.auction
                wants[auction] = min(wants.get(auction, watcher.last), watcher.last)
            ticks = begun >= next_tick
            try:
                now, found = await loop.run_in_executor(self._thread, _look, wants, ticks)
            except Exception:  # the database may be away for a moment; readers wait
                logger.exception("auctions.live_failed")
                await asyncio.sleep(2.0)
                continue
            if now is not None:
                self._hand_out(now, found, ticks=ticks)
            if ticks:
                next_tick = loop.time() + TICK_SECONDS
            await asyncio.sleep(max(0.02, POLL_SECONDS - (loop.time() - begun)))
        await loop.run_in_executor(self._thread, _let_go)

    def _hand_out(self, now: dt.datetime, found: dict[int, list[dict[str, Any]]], *, ticks: bool) -> None:
        from buyer_requests.auctioning import telling

        for watcher in list(self.watchers):
            for event in found.get(watcher.reader.auction, ()):
                if event["seq"] <= watcher.last:
                    continue
                watcher.last = event["seq"]
                told = telling.told_to(watcher.reader, event)
                if told is not None:
                    watcher.put(telling.as_message(told, now))
            if ticks:
                watcher.put(telling.tick(now))


def _look(wants: dict[int, int], ticks: bool) -> tuple[dt.datetime | None, dict[int, list[dict[str, Any]]]]:
    """New events by auction, and the database's time if there is anything to tell. What is due is settled first."""
    from django.db import close_old_connections

    from buyer_requests.auctioning import telling, watching
    from buyer_requests.locks import database_now
    from buyer_requests.models import Auction

    close_old_connections()
    watching.settle_due()
    heads = dict(Auction.objects.filter(pk__in=wants).values_list("pk", "seq"))
    found = {
        auction: telling.events_after(auction, seen)
        for auction, seen in wants.items()
        if heads.get(auction, 0) > seen
    }
    return (database_now() if found or ticks else None), found


def _let_go() -> None:
    from django.db import connection

    connection.close()


class LiveEdge:
    """ASGI middleware around the site."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.hub = Hub()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].endswith("/live/"):
            await self.app(scope, receive, send)
            return
        place: dict[str, Any] = {}
        # Compressed, every message would wait for the next one.
        headers = [pair for pair in scope["headers"] if pair[0].lower() != b"accept-encoding"]
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self.app({**scope, "headers": headers, SCOPE: place}, _nothing_more(), keep)
        reader = place.get("reader")
        if reader is None or not answer or answer[0].get("status") != 200:
            for message in answer:
                await send(message)
            return
        start = answer[0]
        await send(
            {
                **start,
                "headers": [pair for pair in start["headers"] if pair[0].lower() != b"content-length"],
            }
        )
        begun = b"".join(message.get("body", b"") for message in answer[1:])
        if not self.hub.has_room(reader):
            logger.warning("auctions.no_room_for_reader", open=len(self.hub.watchers))
            await send({"type": "http.response.body", "body": begun + NO_ROOM, "more_body": False})
            return
        await send({"type": "http.response.body", "body": begun, "more_body": True})
        await self._go_on(Watcher(reader), receive, send)

    async def _go_on(self, watcher: Watcher, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + LONGEST_SECONDS
        gone = loop.create_task(_until_gone(receive))
        self.hub.join(watcher)
        try:
            while not gone.done() and (left := ends - loop.time()) > 0:
                waiting = loop.create_task(watcher.waiting.get())
                done, _rest = await asyncio.wait(
                    {waiting, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED
                )
                if waiting not in done:
                    waiting.cancel()
                    break
                message = waiting.result()
                if message is None:  # too slow: it comes back for the rest
                    break
                await send({"type": "http.response.body", "body": message.encode(), "more_body": True})
        finally:
            self.hub.leave(watcher)
            gone.cancel()
        with contextlib.suppress(Exception):  # who has gone needs no end
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def _nothing_more() -> Receive:
    """The request for Django: it has no body, and that the reader goes is the edge's business."""
    told = False

    async def receive() -> Message:
        nonlocal told
        if not told:
            told = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.Event().wait()
        raise AssertionError

    return receive


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
