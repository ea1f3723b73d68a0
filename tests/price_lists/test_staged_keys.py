"""The bitmap of staged keys: it misses none, and takes few for one that was added."""

from price_lists.services.keys import StagedKeys


def test_what_was_added_is_always_found():
    keys = StagedKeys(f"id:{number}" for number in range(5_000))
    assert len(keys.perhaps(f"id:{number}" for number in range(5_000))) == 5_000
    assert len(keys.perhaps(f"article:{number}" for number in range(5_000))) < 50


def test_without_keys_nothing_is_found():
    assert StagedKeys().perhaps(["id:1", "name:a|b"]) == []
