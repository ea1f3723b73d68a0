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
    examples = run.guard[0].pop("examples")
    assert run.guard == [{"code": "many_vanished", "vanished": 8, "before": 12, "percent": 67}]
    assert examples[0] == {
        "row": 0,
        "key": "A-0005",
        "title": "Степлер офісний №5",
        "before": ["price", 1_055_000, "UAH"],
        "after": None,
    }
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
    assert run.guard[0]["percent"] == pytest.approx(abs(factor - 1) * 100, abs=1)
    assert len(run.guard[0]["examples"]) == 3
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


def test_a_brand_that_goes_as_a_whole_is_held(vendor, tmp_path):
    others = goods(60)
    imported(vendor, tmp_path / "a.csv", [*others, *[good(n, brand="Leitz") for n in range(100, 112)]])
    run = imported(vendor, tmp_path / "b.csv", others)
    assert (run.state, codes(run)) == (RunState.HELD, ["brand_gone"])
    assert (run.guard[0]["brands"], run.guard[0]["offers"]) == (["Leitz"], 12)
    assert "Leitz" in in_words(run.guard)[0]["title"]


def test_a_brand_under_new_articles_is_not(vendor, tmp_path):
    others = goods(60)
    imported(vendor, tmp_path / "a.csv", [*others, *[good(n, brand="Leitz") for n in range(100, 112)]])
    run = imported(vendor, tmp_path / "b.csv", [*others, good(200, brand="Leitz", title="Тека Leitz")])
    assert (run.state, codes(run)) == (RunState.APPLIED, [])


def test_a_list_that_is_suddenly_sold_out_is_held(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(12))
    run = imported(vendor, tmp_path / "b.csv", goods(12, stock="0"))
    assert (run.state, codes(run)) == (RunState.HELD, ["stock_gone"])
    assert (run.guard[0]["offers"], run.guard[0]["left"]) == (12, 0)
    said = in_words(run.guard)[0]["examples"][0]
    assert said["before"] != said["after"]
    assert Offer.objects.filter(availability="in_stock").count() == 12


def test_half_of_a_list_sold_out_is_not(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(12))
    rows = [*goods(7, stock="0"), *goods(12)[7:]]
    assert imported(vendor, tmp_path / "b.csv", rows).state == RunState.APPLIED


NAMES = ("Ручка", "Олівець", "Зошит", "Пенал", "Лінійка", "Гумка", "Циркуль", "Фарби", "Папір", "Клей")


def named(names):
    return [good(n, title=f"{name} шкільна {name.lower()}") for n, name in enumerate(names, 1)]


def test_names_that_slipped_against_the_articles_are_held(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", named(NAMES))
    run = imported(vendor, tmp_path / "b.csv", named([*NAMES[1:], NAMES[0]]))
    assert (run.state, codes(run)) == (RunState.HELD, ["titles_swapped"])
    assert (run.guard[0]["offers"], run.guard[0]["percent"]) == (10, 100)
    assert Offer.objects.get(article="A-0001").title == "Ручка шкільна ручка"


def test_names_of_other_goods_altogether_are_held(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", named(NAMES))
    run = imported(vendor, tmp_path / "b.csv", [good(n, title=f"Болт М{n}") for n in range(1, 11)])
    assert codes(run) == ["titles_replaced"]


def test_names_that_are_only_rephrased_are_not(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(12))
    rows = [good(n, title=f"Степлер офісний №{n}, 20 арк., чорний") for n in range(1, 13)]
    assert imported(vendor, tmp_path / "b.csv", rows).state == RunState.APPLIED


def test_goods_scattered_over_other_categories_are_held(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", [good(n, category=f"Група {n % 3}") for n in range(30)])
    run = imported(vendor, tmp_path / "b.csv", [good(n, category=f"Група {n % 7}") for n in range(30)])
    assert (run.state, codes(run)) == (RunState.HELD, ["categories_moved"])
    assert run.guard[0]["offers"] == 18  # of 24, where three groups only have other names


def test_goods_thrown_into_one_category_are_held(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", [good(n, category=f"Група {n % 3}") for n in range(30)])
    run = imported(vendor, tmp_path / "b.csv", [good(n, category="Усе") for n in range(30)])
    assert (codes(run), run.guard[0]["offers"]) == (
        ["categories_moved"],
        20,
    )  # the third group is only renamed


def test_categories_with_other_names_are_not(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", [good(n, category=f"Група {n % 3}") for n in range(30)])
    run = imported(
        vendor, tmp_path / "b.csv", [good(n, category=f"Каталог / Група {n % 3}") for n in range(30)]
    )
    assert (run.state, run.counts["text"]) == (RunState.APPLIED, 30)


def test_other_units_are_held(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(12))
    run = imported(vendor, tmp_path / "b.csv", goods(12, unit="уп"))
    assert (run.state, codes(run)) == (RunState.HELD, ["units_changed"])
    said = in_words(run.guard)[0]["examples"][0]
    assert said["before"] != said["after"]


def test_a_few_other_units_are_not(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(60))
    rows = [*goods(5, unit="уп"), *goods(60)[5:]]
    assert imported(vendor, tmp_path / "b.csv", rows).state == RunState.APPLIED


def test_every_reason_can_be_said():
    from price_lists import guard_words

    figures = dict.fromkeys(("percent", "vanished", "before", "after", "offers", "factor", "errors", "rows", "duplicates", "gone", "come", "brands", "left", "compared"), 1)  # fmt: skip
    reasons = [{"code": code, **figures} for code in guard_words._WORDS]
    assert all(said["title"] and said["text"] for said in in_words(reasons))


def test_a_reason_stored_without_a_figure_is_still_said():
    assert "–" in in_words([{"code": "prices_down", "factor": 10, "offers": 3}])[0]["title"]
