"""Tokens: numbers, measures, codes, places in the original."""

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import text


def kinds(shown: str) -> list[tuple[tuple[str, ...], str]]:
    return [(token.terms, token.kind) for token in text.tokens(shown)]


@pytest.mark.parametrize(
    ("shown", "term"),
    [
        ("0,5мм", "0.5mm"),
        ("0.5 mm", "0.5mm"),
        ("0,50 ММ", "0.5mm"),
        ("1 см", "10mm"),
        ("80 г/м2", "80gsm"),
        ("80г/м²", "80gsm"),
        ("500 арк.", "500sheet"),
        ("500 листов", "500sheet"),
        ('17"', "17in"),
        ("17,3 дюйма", "17.3in"),
        ("4 GB", "4gb"),
        ("4Гб", "4gb"),
        ("1 ТБ", "1000gb"),
        ("20 000 мАг", "20000mah"),
        ("3,2 %", "3.2%"),
        ("1440 x 900", "1440x900"),
        ("1440х900", "1440x900"),
        ("60х90 см", "600x900mm"),
        ("600 x 900 мм", "600x900mm"),
    ],
)
def test_a_measure_is_one_term_however_it_is_written(shown, term):
    tokens = text.tokens(shown)
    assert len(tokens) == 1
    assert term in tokens[0].terms
    assert tokens[0].kind == "measure"


@pytest.mark.parametrize(
    ("shown", "term"),
    [
        ("TN-2110", "tn2110"),
        ("ТN-2110", "tn2110"),
        ("dv7-1211ea", "dv71211ea"),
        ("А4", "a4"),
        ("0095205603217", "95205603217"),
    ],
)
def test_a_code_is_one_term_with_and_without_separators(shown, term):
    tokens = text.tokens(shown)
    assert len(tokens) == 1
    assert tokens[0].terms == (term,)
    assert tokens[0].kind == "code"


def test_sizes_of_staples_are_no_single_number():
    assert kinds("скоби 24/6")[1] == (("24/6",), "code")
    assert "246" not in text.index_terms("скоби 24/6")


def test_a_document_is_found_by_parts_and_by_neighbours_together():
    assert {"usb", "кабел", "usbкабел"} <= set(text.index_terms("USB-кабель"))
    assert "ps4" in text.index_terms("Sony PS 4 Pro")
    assert {"ps", "4"} <= set(text.index_terms("PS4"))
    assert "500" in text.index_terms("500 GB")


def test_two_in_one_is_no_voltage():
    assert [token.text for token in text.tokens("2 в 1")] == ["2", "в", "1"]


def test_markup_and_entities_are_looked_through():
    shown = "Папір <b>А4</b> &nbsp;п&#39;ять"
    tokens = text.tokens(shown)
    assert [token.terms[0] for token in tokens] == ["бумага", "a4", "пят"]
    assert shown[tokens[1].start : tokens[1].end] == "А4"
    assert shown[tokens[2].start : tokens[2].end] == "п&#39;ять"


@given(st.text(max_size=60))
def test_any_text_has_tokens_with_true_places(shown):
    end = 0
    for token in text.tokens(shown):
        assert 0 <= token.start < token.end <= len(shown)
        assert token.start >= end
        assert token.terms
        assert all(term and " " not in term for term in token.terms)
        end = token.end


@given(st.text(alphabet=string.ascii_letters + "абвгіїє'0123456789 .,-/xх²мм", max_size=60))
def test_query_terms_are_among_the_terms_of_the_same_text_as_a_document(shown):
    document = set(text.index_terms(shown))
    for token in text.tokens(shown):
        assert document.issuperset(token.terms)
        for part in token.parts:
            assert document.issuperset(part)
    assert {term for _, terms in text.document_terms(shown) for term in terms} == document


def test_an_endless_run_is_cut_quickly():
    started = time.process_time()
    text.tokens("1" * 100_000)
    text.tokens("a-" * 50_000)
    text.tokens("<" * 50_000 + "&" * 50_000)
    text.tokens("1 x " * 20_000)
    assert time.process_time() - started < 20  # no timing goal: it must not be quadratic


@pytest.mark.parametrize("shown", ["", " ", "\x00", "\ud800", "???", "\ufeff"])
def test_nothing_is_found_in_nothing(shown):
    assert text.tokens(shown) == []
    assert text.index_terms(shown) == []
    assert text.search_text(shown) == ""


@pytest.mark.parametrize(
    ("spellings", "term", "kind"),
    [
        (("№24/6", "N24/6", "24/6", "№ 24/6", "No.24/6", "No. 24/6", "N°24/6", "арт. 24/6"), "24/6", "code"),
        (("№10", "№ 10", "No.10", "No10", "N° 10", "10"), "10", "number"),
        (("арт. TN-2110", "арт.TN-2110", "TN-2110"), "tn2110", "code"),
    ],
)
def test_a_sign_before_a_number_says_nothing(spellings, term, kind):
    for spelling in spellings:
        assert [(each.terms, each.kind) for each in text.tokens(spelling)] == [((term,), kind)], spelling


def test_a_letter_that_belongs_to_a_model_stays():
    assert kinds("N95")[0][0] == ("n95",)
    assert [token.text for token in text.tokens("no name")] == ["no", "name"]


def test_two_figures_apart_are_no_size_of_staples():
    (token,) = text.tokens("24/6")
    assert token.parts == ()
    assert {"24/6", "24", "6"} <= set(text.index_terms("скоби №24/6"))


@pytest.mark.parametrize(
    "title",
    [
        "Папір офісний Buromax А4 80 г/м2, 500 арк.",
        "USB-кабель 1,5 м п'ять штук <b>ТК-3400</b> &amp; 1440 x 2560",
        "№24/6 скоби — 0,5 мм\tчорні",
    ],
)
def test_places_of_a_document_are_those_of_its_tokens(title):
    expected = []
    for token in text.tokens(title):
        expected.append((token.position, (*token.terms, *token.extras)))
        expected += [(token.position + at, part) for at, part in enumerate(token.parts)]
    assert len(expected) > 3
    assert text.document_terms(title) == expected
    assert text.document_terms(title) == expected  # from memory
