"""Entities of HTML in texts of vendors."""

import pytest

from core.text.entities import resolved


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Head&notes; 5", "Head&notes; 5"),
        ("Ніж &quot;Зубр&quot;&nbsp;2&amp;3", 'Ніж "Зубр"\xa02&3'),
        ("AT&T, R&D; Black&Decker", "AT&T, R&D; Black&Decker"),
        ("90&deg; 5&#39;&#x22; &copy Own", "90° 5'\" © Own"),
        ("&nbspНіж", "\xa0Ніж"),
        ("a?x=1&copyright=2", "a?x=1&copyright=2"),
    ],
)
def test_whole_entities_become_characters(text, meant):
    assert resolved(text) == meant
