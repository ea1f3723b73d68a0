"""What looks like a person's own, for the log, for suggestions, and on a reader's device alike."""

from pathlib import Path

import pytest

from search.personal import PATTERN, looks_personal


@pytest.mark.parametrize(
    ("words", "is_so"),
    [("me@example.com", True), ("067 123 45 67", True), ("+38 (067) 123-45-67", True), ("38+067+1234", True),
     ("050.123.45.67", True), ("050/123/45/67", True), ("050\u2013123\u201345\u201367", True), ("80.5 x 120.25", False),
     ("степлер 24/6", False), ("папір A4 80 500", False), ("12345678", False)],
)  # fmt: skip
def test_addresses_and_telephone_numbers_look_personal(words, is_so):
    assert looks_personal(words) is is_so


def test_devices_go_by_the_same_pattern():
    script = Path("static/js/suggestions.js").read_text()
    assert f"const PERSONAL = /{PATTERN}/;" in script
