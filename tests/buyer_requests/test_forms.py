"""Forms of requests: what the package offers, and what a new draft comes with."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from buyer_requests import forms, services
from buyer_requests.forms import BidForm, NumberField, RequestForm
from buyer_requests.forms.defaults import default_deadline_day, default_title
from buyer_requests.models import BuyerRequest
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import LINES, make_draft


@pytest.fixture
def at(monkeypatch):
    """Sets the clock to a moment of UTC."""

    def set_to(*moment):
        now = dt.datetime(*moment, tzinfo=dt.UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return set_to


def test_forms_are_imported_from_one_place():
    names = {
        "AnswerForm", "BaseLineFormSet", "BidForm", "BidLineForm", "DeadlineForm", "END_OF_DAY", "LineForm",
        "LineFormSet", "ListForm", "NumberField", "QuestionForm", "RequestForm", "category_names",
        "currency_choices", "deadline", "shown_number", "shown_price", "unit_choices",
    }  # fmt: skip
    assert set(forms.__all__) == names
    assert all(hasattr(forms, name) for name in names)


@pytest.mark.parametrize(
    ("texts", "title"),
    [
        ([], ""),
        (["Папір А4"], "Папір А4"),
        (["Папір А4", "Степлер"], "Папір А4 and 1 more"),
        (["Папір  А4\n", "Степлер", "Скоби"], "Папір А4 and 2 more"),
        (["Сік 100%s", "Вода"], "Сік 100%s and 1 more"),
        (["а" * 80], "а" * 80),
        (["а" * 81], "а" * 79 + "…"),
        (["а" * 69, "б"], "а" * 69 + " and 1 more"),
        (["а" * 70, "б"], "а" * 68 + "… and 1 more"),
        (["а" * 500, *["б"] * 499], "а" * 66 + "… and 499 more"),
    ],
)
def test_title_names_the_first_line_and_counts_the_rest(texts, title):
    with translation.override("en"):
        found = default_title(texts)
    assert (found, len(found) <= 80) == (title, True)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ((2026, 11, 23, 9), dt.date(2026, 11, 26)),  # Monday: Thursday
        ((2026, 11, 25, 9), dt.date(2026, 11, 30)),  # Wednesday: Monday
        ((2026, 11, 27, 9), dt.date(2026, 12, 2)),  # Friday: Wednesday
        ((2026, 11, 28, 9), dt.date(2026, 12, 2)),  # Saturday: Wednesday
        ((2026, 11, 29, 9), dt.date(2026, 12, 2)),  # Sunday: Wednesday
        ((2026, 11, 23, 22, 30), dt.date(2026, 11, 27)),  # Tuesday already in Kyiv: Friday
    ],
)
def test_deadline_is_three_working_days_of_kyiv_away(at, moment, day):
    at(*moment)
    with timezone.override("America/New_York"):
        assert default_deadline_day() == day


@pytest.mark.django_db
def test_new_draft_is_published_with_what_it_comes_with(sign_in):
    client = sign_in(UserFactory(language="en"))
    with translation.override("en"):
        edit = client.post(
            reverse("requests:new"), {"lines": "Папір А4 10 пач\nСтеплер 2 шт\nСкоби 5 шт"}
        ).url
        page = client.get(edit).context
    form, lines = page["form"], page["lines"]
    shown = {name: form[name].value() for name in ("title", "deadline_day", "deadline_time")}
    day = default_deadline_day()
    assert shown == {"title": "Папір А4 and 2 more", "deadline_day": day, "deadline_time": None}
    # What the browser sends when nothing is touched.
    data = {"lines-TOTAL_FORMS": lines.total_form_count(), "lines-INITIAL_FORMS": lines.initial_form_count()}
    data |= {
        field.html_name: value
        for each in (form, *lines.forms)
        for field in each
        if (value := field.value()) not in (None, False)
    }
    check = client.post(edit, data).url
    draft = BuyerRequest.objects.get()
    assert check.endswith(reverse("requests:check", args=[draft.public_id]))
    client.post(reverse("requests:publish", args=[draft.public_id]))
    draft.refresh_from_db()
    moment = timezone.localtime(draft.deadline_at, timezone.get_default_timezone())
    assert (draft.state, draft.title) == ("open", "Папір А4 and 2 more")
    assert moment.replace(tzinfo=None) == dt.datetime.combine(day, dt.time(23, 59, 59))


@pytest.mark.django_db
def test_what_a_draft_has_is_never_replaced(sign_in):
    deadline = forms.deadline(dt.date(2027, 1, 5), dt.time(14, 30))
    draft = make_draft(title="Моя назва", deadline_at=deadline)
    form = sign_in(draft.buyer).get(reverse("requests:edit", args=[draft.public_id])).context["form"]
    shown = [form[name].value() for name in ("title", "deadline_day", "deadline_time")]
    assert shown == ["Моя назва", dt.date(2027, 1, 5), dt.time(14, 30)]


@pytest.mark.django_db
def test_looking_at_a_draft_stores_nothing_and_what_was_typed_stays(sign_in):
    buyer = UserFactory()
    draft = services.create_draft(buyer=buyer, lines=LINES)
    client, url = sign_in(buyer), reverse("requests:edit", args=[draft.public_id])
    client.get(url)
    draft.refresh_from_db()
    assert (draft.title, draft.deadline_at) == ("", None)
    answer = client.post(
        url,
        {
            "title": "", "deadline_day": "", "currency": "UAH", "audience": "all",
            "lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0,
        },
    )  # fmt: skip
    assert answer.status_code == 422
    assert [answer.context["form"][name].value() for name in ("title", "deadline_day")] == ["", ""]


@pytest.mark.django_db
def test_a_bid_is_in_the_currency_of_its_request():
    """Prices filled in for hryvnias must never be sent under the name of dollars."""
    form = BidForm({"currency": "USD"}, currency="UAH")
    assert not form.is_valid()
    assert "currency" in form.errors
    assert BidForm({"currency": "UAH"}, currency="UAH").is_valid()


@pytest.mark.django_db
def test_a_vendor_id_beyond_any_database_is_an_error_of_the_form():
    form = RequestForm({"vendors": ["9" * 30]})
    assert "vendors" in form.errors


@pytest.mark.parametrize("typed", ["1e3", "1E3", "1e-5"])
def test_powers_of_ten_are_no_price(typed):
    with pytest.raises(ValidationError):
        NumberField(is_money=True, most=Decimal(10_000)).clean(typed)
