"""The outbox: facts written with the change that made them true, and the work that carries them further.

    outbox.emit("search", "offers", {"offers": [1, 2]})         # inside the transaction of the change
    outbox.register("search", index_offers, queue="index")      # wired in marketplace/apps.py
    outbox.drain_until_empty(["search"], timeout=60)            # in commands

A handler gets a list of dictionaries, each the payload of a fact with its `topic`; identical ones come once. It
runs outside any transaction, may see a fact twice and facts in any order, so it loads the present state by id.
"""

from core.outbox.registry import Consumer, consumers, register
from core.outbox.services import drain, drain_until_empty, emit, emit_many, revive, revive_all

__all__ = [
    "Consumer",
    "consumers",
    "drain",
    "drain_until_empty",
    "emit",
    "emit_many",
    "register",
    "revive",
    "revive_all",
]
