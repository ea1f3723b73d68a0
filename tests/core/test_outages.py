"""The pages for what no view handles: one frame, which needs neither a request nor the database."""

import re

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from core.outages import DatabaseAway

PAGES = {"500.html": {}, "errors/unavailable.html": {"error": DatabaseAway()}}


@pytest.mark.parametrize("language", ["uk", "ru", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_they_are_written_without_a_request_in_the_language_of_the_moment(page, language):
    with translation.override(language):
        text = render_to_string(page, PAGES[page])
    assert text.lstrip().startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}">' in text
    [title] = re.findall(r"<title>(.+) · Ряд</title>", text)
    assert re.findall(r"<h1>(.+)</h1>", text) == [title]
    assert re.search(r"<p>\S.+</p>", text)
    assert 'href="/"' in text


def test_they_have_one_frame():
    def frame(page):
        text = render_to_string(page, PAGES[page])
        text = re.sub(r"<title>.+</title>|<h1>.+</h1>|<p>.+</p>", "", text)
        return re.sub(r'<div class="btn-row">.+</div>', "", text)

    with translation.override("en"):
        assert frame("500.html") == frame("errors/unavailable.html")
