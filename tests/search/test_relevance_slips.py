"""The slips of hands that relevance is measured by: the same for a seed, and never in an article number."""

import random

from benchmarks.relevance import derived


def test_slips_are_one_slip_away_and_spare_codes():
    chance = random.Random(1)
    for _ in range(200):
        typed = derived.misspelt("чохол неопреновий 49403-Small", chance)
        assert typed is not None
        words, meant = typed.split(" "), ["чохол", "неопреновий"]
        assert words[2] == "49403-Small"
        assert sum(word != other for word, other in zip(words[:2], meant, strict=True)) == 1
    assert derived.misspelt("sm-a065f 242-12", chance) is None


def test_the_other_keyboard_and_the_other_alphabet():
    assert derived.in_wrong_layout("зошит", "uk") == "pjibn"
    assert derived.in_wrong_layout("paper", "en") == "зфзук"
    assert derived.in_wrong_layout("папір А4", "uk") is None
    assert derived.in_latin("щітка м'яка 70х140", "uk") == "shchitka miaka 70х140"
    assert derived.in_latin("паста", "") is None
    assert derived.by_ear("xiaomi redmi", random.Random(1)) in {
        f"{one} {other}" for one in derived.BY_EAR["xiaomi"] for other in derived.BY_EAR["redmi"]
    }


def test_the_same_seed_makes_the_same_variants():
    queries = [("зошит в клітинку", "uk"), ("кофе lavazza", "ru"), ("242-12", "en")]
    made = derived.variants(queries)
    assert made == derived.variants(queries)
    assert {query for query, _ in made["typo"]} == {"зошит в клітинку", "кофе lavazza"}
