"""Words are marked by meaning, and the text stays as it was."""

from hypothesis import given
from hypothesis import strategies as st

from search.highlighting import highlight


def marked(shown, words):
    return [segment for segment, is_marked in highlight(shown, words, "uk") if is_marked]


def test_other_forms_and_the_other_language_are_marked():
    assert marked("Степлер металевий", "степлеры") == ["Степлер"]
    assert marked("Набор канцелярский офисный", "офісний набір") == ["Набор", "офисный"]
    assert marked("Папір А4", "бумага a4") == ["Папір", "А4"]
    assert marked("Картридж TN-2110", "tn2110") == ["TN-2110"]


def test_nothing_is_marked_by_nothing():
    assert highlight("Степлер", "", "uk") == [("Степлер", False)]
    assert highlight("", "степлер", "uk") == []


@given(st.text(max_size=40), st.text(max_size=20))
def test_segments_joined_are_the_text(shown, words):
    assert "".join(segment for segment, _ in highlight(shown, words, "uk")) == shown
