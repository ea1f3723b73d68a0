"""Rules between reading and staging: the key stays, the name is cleaned, remarks name the column."""

import pytest

from price_lists import reading
from price_lists.mapping.model import Mapping
from price_lists.rows import OfferRow, RowIssue, Severity
from price_lists.services.drafting import Terms, fingerprint
from price_lists.title_rules.actions import NameRules
from price_lists.title_rules.enums import Action, Rule


def rules(**actions):
    return NameRules.of({rule: Action(actions.get(rule.value, "off")) for rule in Rule})


@pytest.fixture
def said(tmp_path):
    def read(text, names):
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        mapping = reading.inspect(path).mapping
        items = list(reading.read(path, mapping, names=names))
        return [i for i in items if isinstance(i, OfferRow)], [i for i in items if isinstance(i, RowIssue)]

    return read


def test_a_cleaned_name_keeps_the_key_of_the_name_in_the_file(said):
    text = "Назва;Ціна\nДриль!!! Bosch;10\nПила Bosch;20\n"
    offers, issues = said(text, rules(marks="clean"))
    plain, _none = said(text, None)
    assert [offer.title for offer in offers] == ["Дриль! Bosch", "Пила Bosch"]
    assert [offer.named for offer in offers] == ["Дриль!!! Bosch", ""]
    assert [offer.key() for offer in offers] == [offer.key() for offer in plain]
    assert issues == []


def test_remarks_name_the_column_the_fault_and_whether_the_offer_is_held(said):
    text = "Назва (укр);Назва (рус);Ціна\nДриль;Дрель, тел. 067 123-45-67;10\nДРИЛЬ УДАРНА;Дрель;20\n"
    offers, issues = said(text, rules(phone="warn", shouting="hold"))
    assert [offer.title for offer in offers] == ["Дриль", "ДРИЛЬ УДАРНА"]
    told = [(issue.row, issue.column, issue.value, issue.code, issue.severity) for issue in issues]
    assert told == [
        (2, "Назва (рус)", "тел. 067 123-45-67", "name_phone", Severity.WARNING),
        (3, "Назва (укр)", "ДРИЛЬ УДАРНА", "name_shouting_held", Severity.WARNING),
    ]


def test_what_cleaning_cannot_mend_is_told(said):
    offers, issues = said("Назва;Ціна\nСтеплер чорний;5\n067 123-45-67;10\n", rules(phone="clean"))
    assert (offers[1].title, offers[1].named) == ("067 123-45-67", "")
    assert [issue.code for issue in issues] == ["name_phone"]


def test_only_cleaning_makes_rows_known_no_more():
    mapping, terms = Mapping("csv"), Terms("UAH", "included", 20)
    plain = fingerprint(mapping, terms, NameRules())
    assert fingerprint(mapping, terms, rules(phone="hold", link="warn")) == plain
    assert fingerprint(mapping, terms, rules(phone="clean")) != plain


def test_rules_survive_being_noted():
    noted = rules(phone="hold", marks="clean", html="warn")
    assert NameRules.from_json(noted.to_json()) == noted
    assert NameRules.from_json(None).on == frozenset()
    assert NameRules.of({}).held == frozenset()
