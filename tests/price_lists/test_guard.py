"""When an import stops for the vendor's word."""

import pytest

from catalog.models import Offer
from price_lists import services
from price_lists.enums import RunState
from price_lists.errors import RunNotPossible
from price_lists.guard_words import in_words
from price_lists.services.imports import import_file
from tests.factories.price_lists import HEADER, good, goods, imported, write_list


def codes(run):
    return [reason["code"] for reason in run.guard]


def priced(factor, count=12):
    return [good(n, price=f"{(100 + n + 0.5) * factor:.2f}") for n in range(1, count + 1)]


def test_losing_most_offers_is_held_and_nothing_is_withdrawn(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(12))
    run = imported(vendor, tmp_path / "b.csv", goods(4))
    assert (run.state, codes(run)) == (RunState.HELD, ["many_vanished"])
    assert run.guard == [{"code": "many_vanished", "vanished": 8, "before": 12, "percent": 67}]
    assert Offer.objects.filter(withdrawn_at=None).count() == 12
    assert services.report_counts(run) == {
        "new": 0, "changed": 0, "unchanged": 4, "withdrawn": 0, "errors": 0, "held": 8,
    }  # fmt: skip


def test_losing_some_offers_is_not(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(12))
    assert imported(vendor, tmp_path / "b.csv", goods(7)).state == RunState.APPLIED


@pytest.mark.parametrize(
    ("factor", "code", "told"),
    [(100, "prices_up", 100), (0.1, "prices_down", 10), (41.5, "prices_up", 41.5), (5, "prices_up", 5)],
)
def test_prices_that_jump_are_held_with_how_far(vendor, tmp_path, factor, code, told):
    imported(vendor, tmp_path / "a.csv", goods(12))
    run = imported(vendor, tmp_path / "b.csv", priced(factor))
    assert (run.state, codes(run)) == (RunState.HELD, [code])
    assert run.guard[0]["factor"] == pytest.approx(told, rel=0.01)
    assert Offer.objects.get(article="A-0001").price_amount == 1_015_000


@pytest.mark.parametrize("factor", [1.3, 0.6, 3])
def test_a_usual_rise_or_sale_is_not(vendor, tmp_path, factor):
    imported(vendor, tmp_path / "a.csv", goods(12))
    assert imported(vendor, tmp_path / "b.csv", priced(factor)).state == RunState.APPLIED


def test_a_few_wild_prices_are_held(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(40))
    rows = goods(40)
    for row in rows[:6]:
        row["price"] = "99999"
    run = imported(vendor, tmp_path / "b.csv", rows)
    assert (run.state, codes(run)) == (RunState.HELD, ["prices_up"]) or codes(run) == ["wild_prices"]


def test_another_currency_is_held(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(12))
    header = [name.replace("грн", "USD") for name in HEADER]
    write_list(tmp_path / "b.csv", goods(12), header=header)
    run = imported(vendor, tmp_path / "b.csv")
    assert run.state == RunState.HELD
    assert "currency_changed" in codes(run)


def test_a_changed_layout_is_held_when_nobody_is_there_to_ask(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(12))
    header = ("Код", "Товар", "Ціна роздрібна, грн", "К-сть", "Од.", "Бренд", "Група")
    run = imported(vendor, write_list(tmp_path / "b.csv", goods(12), header=header))
    assert run.state == RunState.HELD
    assert codes(run)[0] == "layout_changed"
    assert "Код" in in_words(run.guard)[0]["text"]


def test_mostly_wrong_rows_are_held(vendor, tmp_path):
    rows = [good(n, price="дог.") for n in range(1, 9)] + goods(3)
    run = imported(vendor, tmp_path / "a.csv", rows)
    assert run.state in {RunState.HELD, RunState.FAILED}
    assert Offer.objects.count() == 0


def test_many_equal_articles_are_held(vendor, tmp_path):
    rows = [good(n, article=f"G-{n % 4}") for n in range(1, 40)]
    run = imported(vendor, tmp_path / "a.csv", rows)
    assert (run.state, codes(run)) == (RunState.HELD, ["many_duplicates"])


def test_a_held_run_needs_an_explicit_yes(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(12))
    run = imported(vendor, tmp_path / "b.csv", goods(4))
    with pytest.raises(RunNotPossible):
        services.request_apply(run=run)
    services.request_apply(run=run, confirmed=True)
    done = import_file(vendor=vendor, path=tmp_path / "b.csv", source_name="main")
    assert (done.pk, done.state) == (run.pk, RunState.APPLIED)
    assert Offer.objects.filter(withdrawn_at=None).count() == 4


def test_every_reason_can_be_said():
    from price_lists import guard_words

    figures = dict.fromkeys(("percent", "vanished", "before", "after", "offers", "factor", "errors", "rows", "duplicates", "gone", "come"), 1)  # fmt: skip
    reasons = [{"code": code, **figures} for code in guard_words._WORDS]
    assert all(said["title"] and said["text"] for said in in_words(reasons))
