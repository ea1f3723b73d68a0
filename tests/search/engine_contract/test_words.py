"""What the index knows of words: how often they occur, which are near, which begin so."""

import random

import pytest
from rapidfuzz.distance import OSA

from search.documents import tombstone
from tests.factories.search import document


def test_frequencies_are_the_largest_of_any_field(engine):
    engine.write(
        [
            document(1, "Степлер", descriptions=["лампа"]),
            document(2, "Степлер"),
            document(3, "Лампа", descriptions=["лампа лампа"], attributes={"Роз’єм": "USB"}),
        ]
    )
    asked = ["степлер", "лампа", "usb", "немає"]
    assert engine.frequencies(asked) == (3, {"степлер": 2, "лампа": 2, "usb": 1, "немає": 0})
    assert engine.frequencies(()) == (3, {})


def test_frequencies_follow_writes(engine):
    assert engine.frequencies(["степлер"]) == (0, {"степлер": 0})
    engine.write([document(1)])
    assert engine.frequencies(["степлер"]) == (1, {"степлер": 1})


def test_similar_words(engine):
    engine.write(
        [
            document(1, "Степлер"),
            document(2, "Степлер, лампа"),
            document(3, "Степлери"),
            document(4, "Лампа", brand="Stapler"),
        ]
    )
    assert list(engine.similar_words("степлр", distance=1)) == [("степлер", 2)]
    assert list(engine.similar_words("степлр", distance=2)) == [("степлер", 2), ("степлери", 1)]
    assert list(engine.similar_words("тсеплер", distance=1)) == [("степлер", 2)]
    assert list(engine.similar_words("тсеплер", distance=0)) == []
    assert list(engine.similar_words("степлер", distance=1)) == [("степлер", 2), ("степлери", 1)]
    assert list(engine.similar_words("степлер", distance=0)) == [("степлер", 2)]
    assert list(engine.similar_words("stapler", distance=1)) == [("stapler", 1)]
    assert list(engine.similar_words("жук", distance=1)) == []


def test_similar_words_equal_brute_force(engine):
    chance = random.Random(7)
    letters = "абвсте"
    vocabulary = {"".join(chance.choices(letters, k=chance.randint(3, 7))) for _ in range(400)}
    titles = {number: chance.sample(sorted(vocabulary), 6) for number in range(1, 150)}
    engine.write([document(number, " ".join(words)) for number, words in titles.items()])
    counts = {word: sum(word in words for words in titles.values()) for word in vocabulary}
    for _ in range(60):
        asked, most = "".join(chance.choices(letters, k=chance.randint(5, 8))), chance.randint(1, 2)
        expected = [
            (word, count)
            for word, count in counts.items()
            if count and word[0] in asked[:2] and OSA.distance(asked, word) <= most
        ]
        expected.sort(key=lambda pair: (-pair[1], pair[0]))
        assert list(engine.similar_words(asked, distance=most)) == expected


def test_completions_are_the_most_frequent_words_that_begin_so(engine):
    engine.write(
        [document(1, "стілець степлер"), document(2, "степлер"), document(3, "стрічка", brand="Стенд")]
    )
    assert list(engine.completions("ст", limit=2)) == [("степлер", 2), ("стенд", 1)]
    assert list(engine.completions("стр")) == [("стрічка", 1)]
    assert list(engine.completions("степлер")) == [("степлер", 2)]
    assert list(engine.completions("я")) == []
    engine.write([tombstone(offer_id=3, version=2)])
    assert ("стрічка", 1) not in engine.completions("ст") or engine.name == "embedded"


@pytest.mark.parametrize("prefix", ["", ".", "ст.*", "(", "с\\", '"', "[а-я]", "ст|ла"])
def test_completions_take_what_is_typed_literally(engine, prefix):
    engine.write([document(1, "степлер"), document(2, "лампа")])
    assert list(engine.completions(prefix)) == []
