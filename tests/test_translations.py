"""The interface is complete in Ukrainian and Russian, and placeholders survive translation."""

from __future__ import annotations

import re

import polib
import pytest

from tests.parts import ROOT

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_every_text_is_translated_and_none_is_a_guess(language):
    entries = [entry for entry in catalogue(language) if not entry.obsolete]
    assert len(entries) > 1000
    assert [entry.msgid for entry in entries if not entry.translated() or "fuzzy" in entry.flags] == []


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_placeholders_survive(language):
    broken = []
    for entry in catalogue(language):
        allowed = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if any(not set(PLACEHOLDER.findall(text)) <= allowed for text in texts):
            broken.append(entry.msgid)
        if not entry.msgid_plural and set(PLACEHOLDER.findall(entry.msgstr)) != allowed:
            broken.append(entry.msgid)
    assert broken == []
