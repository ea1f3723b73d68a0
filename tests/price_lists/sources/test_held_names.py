"""Names of goods that several lists of a vendor bring: whichever list's name holds is the one that rules judge."""

from __future__ import annotations

import pytest

from catalog.models import Offer
from price_lists.models import Source
from price_lists.sources.enums import Precedence
from price_lists.title_rules.enums import Action, Rule
from price_lists.title_rules.services import set_actions
from tests.factories.price_lists import imported
from tests.price_lists.sources.support import write_table

pytestmark = pytest.mark.django_db
HEADER = ["Артикул", "Назва", "Ціна, грн", "Залишок", "Од."]
PHONE = ", тел. 067 123-45-67"


def brought(vendor, path, source, *, told="", numbers=range(1, 5)):
    rows = [[f"A-{n:04d}", f"Степлер №{n}{told if n == 4 else ''}", 100 + n, 3, "шт"] for n in numbers]
    return imported(vendor, write_table(path, HEADER, rows), source=source)


def reason():
    return Offer.objects.get(article="A-0004").hidden_reason


@pytest.mark.parametrize(("first", "second"), [(PHONE, ""), ("", PHONE)])
def test_an_offer_goes_on_with_the_other_lists_name_and_is_judged_by_it(vendor, tmp_path, first, second):
    set_actions(actions={Rule.PHONE: Action.HOLD}, actor="user:1")
    brought(vendor, tmp_path / "site.csv", "site", told=first)
    Source.objects.filter(name="site").update(precedence=Precedence.HIGH)
    brought(vendor, tmp_path / "store.csv", "store", told=second)
    assert (Offer.objects.count(), reason()) == (4, "name:phone" if first else "")
    brought(vendor, tmp_path / "short.csv", "site", numbers=range(1, 4))
    assert Offer.objects.get(article="A-0004").title.endswith(PHONE) is bool(second)
    assert reason() == ("name:phone" if second else "")
