"""What is learnt from decided goods, how sure it is, and how it is kept."""

import zlib

import numpy as np
import pytest

from core import text
from price_lists.categorising import storing
from price_lists.categorising.features import BUCKETS, features
from price_lists.categorising.model import Good, Model, UnknownForm
from price_lists.categorising.training import Example, learn

KINDS = {
    1: "Степлер металевий {brand} №{n} на {n} аркушів",
    2: "Папір офісний {brand} А4 {n} г/м2",
    3: "Телефон мобільний {brand} Galaxy {n}",
    4: "Чайник электрический {brand} {n} л",
}
BRANDS = ("Buromax", "Axent", "Zoom", "Maestro", "Delta")


def decided(count=40):
    return [
        Example(text.format(brand=BRANDS[n % 5], n=n), ("Товари", f"Група {category}"), category, f"v{n % 4}")
        for category, text in KINDS.items()
        for n in range(count)
    ]


@pytest.fixture(scope="module", params=["sgd", "complement_nb"])
def model(request):
    return learn(decided(), learner=request.param, version=7)


def test_goods_that_were_not_seen_find_their_category(model):
    asked = [
        "Степлер пластиковий Optima 24/6", "Папір кольоровий рожевий А4", "Телефони Nokia", "чайники Philips 2л",
    ]  # fmt: skip
    answers = model.guesses([Good(title) for title in asked])
    assert [found[0].category for found in answers] == [1, 2, 3, 4]
    assert all(len(found) == 3 and found[0].confidence >= found[1].confidence for found in answers)


def test_what_shares_no_word_with_anything_learnt_gets_no_answer(model):
    assert model.guesses([Good("Hyundai Xylophon"), Good(""), Good("12345 67")])[1:] == [[], []]
    (unknown,), (known,) = model.guesses([Good("Ґудзик wxyz")]) or [[]], model.guesses([Good("Степлер")])
    assert known[0].confidence > (unknown[0].confidence if unknown else 0)


def test_the_vendors_category_counts_where_the_title_tells_nothing(model):
    (found,) = model.guesses([Good("BM.4250", ("Папір",))])
    assert found[0].category == 2


def test_a_model_is_read_again_as_it_was(model, tmp_path):
    path = tmp_path / "model.npz"
    model.save(path)
    again = Model.load(path)
    goods = [Good(example.title, example.path) for example in decided(3)]
    assert again.guesses(goods) == model.guesses(goods)
    assert (again.version, again.learnt_from) == (7, 160)
    assert [each.name for each in tmp_path.iterdir()] == ["model.npz"]


@pytest.mark.parametrize("spoilt", [b"", b"PK\x03\x04 torn", b"\x80\x04K\x01."])
def test_a_file_that_is_no_model_says_so(tmp_path, spoilt):
    path = tmp_path / "model.npz"
    path.write_bytes(spoilt)
    with pytest.raises(UnknownForm):
        Model.load(path)


def test_a_model_of_another_form_is_not_used(model, tmp_path, monkeypatch):
    path = tmp_path / "model.npz"
    model.save(path)
    monkeypatch.setattr("price_lists.categorising.model.FORM", 2)
    with pytest.raises(UnknownForm):
        Model.load(path)


def test_nothing_is_learnt_from_names_alone_or_from_one_category():
    assert learn([Example("Степлери", (), 1, name=True), Example("Папір", (), 2, name=True)]) is None
    assert learn([Example("Степлер", (), 1), Example("Степлери", (), 1, name=True)]) is None
    assert learn([]) is None


def test_certainty_is_what_comes_true_where_goods_cannot_be_told_apart():
    """Two categories share their goods: the learner's own certainty would be high by chance."""
    chance = np.random.default_rng(1)
    examples = [
        Example(
            f"Товар {chance.integers(10**9)} слово{chance.integers(400)}",
            (),
            int(chance.integers(1, 3)),
            f"v{n % 5}",
        )
        for n in range(600)
    ]
    model = learn(examples)
    sure = [
        found[0].confidence for found in model.guesses([Good(f"Товар слово{n}") for n in range(400)]) if found
    ]
    assert 0.35 < float(np.mean(sure)) < 0.65
    assert max(sure) < 0.75


def test_features_are_the_same_in_every_process():
    numbers, amounts = features("стiл", ("Меблі",))
    assert numbers.tolist()[0] == zlib.crc32(b"w:" + text.index_terms("стiл")[0].encode()) % BUCKETS
    assert len(set(numbers.tolist())) == len(amounts) == len(numbers)


def test_the_newest_readable_model_serves_and_old_ones_go(model, settings, tmp_path):
    settings.VAR = tmp_path
    assert (storing.newest(), storing.newest_version()) == (None, 0)
    for version in (1, 2, 3, 4):
        kept = Model(**{**{name: getattr(model, name) for name in Model.__slots__}, "version": version})
        storing.keep(kept)
    names = sorted(path.name for path in storing.folder().iterdir())
    assert names == [f"categories-{version:014d}.npz" for version in (2, 3, 4)]
    assert (storing.newest().version, storing.newest_version()) == (4, 4)
    (storing.folder() / names[-1]).write_bytes(b"torn")
    storing._loaded.clear()
    assert storing.newest().version == 3
