"""What is remembered, how much of it, and for how long."""

from __future__ import annotations

from core.text.remembering import Remembered


def upper(asked: list[str], *, entries: int) -> Remembered[str]:
    """Notes in `asked` what had to be worked out."""

    def work(word: str) -> str:
        asked.append(word)
        return word.upper()

    return Remembered(work, entries=entries)


def test_each_word_is_worked_out_once():
    asked: list[str] = []
    known = upper(asked, entries=10)
    assert [known[word] for word in ("a", "b", "a", "b")] == ["A", "B", "A", "B"]
    assert asked == ["a", "b"]


def test_no_more_is_held_than_there_are_entries():
    asked: list[str] = []
    known = upper(asked, entries=10)
    most = 0
    for number in range(1_000):
        assert known[f"w{number}"] == f"W{number}"
        most = max(most, len(known) + len(known._before))
    assert most == 10
    assert len(asked) == 1_000


def test_what_is_asked_for_now_and_then_stays():
    asked: list[str] = []
    known = upper(asked, entries=10)
    for number in range(100):
        assert known["often"] == "OFTEN"
        assert known[f"w{number}"] == f"W{number}"
    assert asked.count("often") == 1


def test_what_is_not_asked_for_goes():
    asked: list[str] = []
    known = upper(asked, entries=4)
    for word in ("once", "a", "b", "c", "d", "e", "once"):
        assert known[word] == word.upper()
    assert asked.count("once") == 2


def test_the_bound_can_be_moved():
    asked: list[str] = []
    known = upper(asked, entries=2)
    known.keep(100)
    for _ in range(2):
        for number in range(40):
            assert known[f"w{number}"] == f"W{number}"
    assert len(asked) == 40
