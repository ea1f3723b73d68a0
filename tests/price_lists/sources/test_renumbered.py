"""Goods that a list brings under another number, while the number that they had leaves it."""

from catalog.models import Offer
from price_lists.enums import RunState
from price_lists.models import SharedValue, Source, SourceItem
from tests.factories.price_lists import good, goods, imported
from tests.price_lists.sources.support import write_table


def renumbered(source: str) -> Offer:
    """The first good as if it had got another number in an earlier file: two items of one offer, the old one dropped."""
    offer = Offer.objects.get(article="A-0001")
    items = SourceItem.objects.filter(source__name=source, offer=offer)
    item = items.get()
    items.update(withdrawn=True)
    item.pk, item.key, item.raw_hash = None, "article:A-0900", b""
    item.save()
    return offer


def test_a_number_that_comes_back_keeps_its_good_on_sale(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(6))
    offer = renumbered("main")
    for rows in ([*goods(5), good(7)], goods(5, price="99")):
        run = imported(vendor, tmp_path / "b.csv", rows)
        assert run.state == RunState.APPLIED, run.guard
        offer.refresh_from_db()
        assert offer.withdrawn_at is None
    assert offer.price_amount == 990_000
    withdrawn = SourceItem.objects.filter(withdrawn=True).order_by("key").values_list("key", flat=True)
    assert list(withdrawn) == ["article:A-0006", "article:A-0007", "article:A-0900"]
    assert Offer.objects.exclude(withdrawn_at=None).count() == 2


def test_what_its_list_says_of_it_stays_where_another_brings_it_too(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(6), source="one")
    imported(vendor, tmp_path / "b.csv", goods(6, price="90"), source="two")
    imported(vendor, tmp_path / "c.csv", goods(6, price="80"), source="one")
    offer = renumbered("one")
    run = imported(vendor, tmp_path / "d.csv", goods(6, price="70"), source="one")
    assert run.state == RunState.APPLIED, run.guard
    said = SharedValue.objects.filter(source=Source.objects.get(name="one"), offer=offer)
    assert said.get().data["price"]["amount"] == 700_000


_CODES = [f"48200000001{n}" for n in range(1, 7)]


def with_barcodes(path, mark, *, price=100, first="1"):
    codes = [code + str(-sum(int(c) * (1 + 2 * (i % 2)) for i, c in enumerate(code)) % 10) for code in _CODES]
    numbers = [first, *"23456"]
    rows = [
        [f"{mark}-{number}", f"Степлер офісний {code[-3:]}", price, code]
        for number, code in zip(numbers, codes, strict=True)
    ]
    return write_table(path, ["Артикул", "Назва", "Ціна, грн", "Штрихкод"], rows)


def test_a_good_of_two_lists_that_gets_another_number_stays_one_offer(vendor, tmp_path):
    imported(vendor, with_barcodes(tmp_path / "a.csv", "A"), source="one")
    imported(vendor, with_barcodes(tmp_path / "b.csv", "B"), source="two")
    offer_ids = sorted(Offer.objects.values_list("pk", flat=True))
    assert len(offer_ids) == 6
    run = imported(vendor, with_barcodes(tmp_path / "c.csv", "A", first="100"), source="one")
    said = {name: run.counts[name] for name in ("new", "vanished", "left", "joined", "before")}
    assert (run.state, said) == (
        RunState.APPLIED,
        {"new": 0, "vanished": 0, "left": 0, "joined": 1, "before": 6},
    )
    assert sorted(Offer.objects.filter(withdrawn_at=None).values_list("pk", flat=True)) == offer_ids
    source = Source.objects.get(name="one")
    items = dict(SourceItem.objects.filter(source=source, withdrawn=False).values_list("key", "offer"))
    assert sorted(items.values()) == offer_ids
    moved = items["article:A-100"]
    assert SharedValue.objects.filter(source=source, offer=moved).get().data["text"]["article"] == "A-100"
    again = imported(vendor, with_barcodes(tmp_path / "d.csv", "A", price=70, first="100"), source="one")
    assert (again.counts["price"], again.counts["new"], again.counts["left"]) == (6, 0, 0)
    assert Offer.objects.get(pk=moved).price_amount == 700_000
