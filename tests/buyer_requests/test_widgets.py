"""Fields that are written by Python say what Django's own say."""

from __future__ import annotations

import datetime as dt

import pytest
from django import forms
from django.test.html import parse_html

from buyer_requests.forms.fields import unit_choices
from buyer_requests.forms.widgets import QuickDate, QuickHidden, QuickText, QuickTick, UnitSelect

ATTRS = {"id": "id_x", "class": "input", "maxlength": "5", "aria-invalid": "true"}


@pytest.mark.parametrize(
    ("quick", "plain", "value"),
    [
        (QuickText(attrs={"list": "c"}), forms.TextInput(attrs={"list": "c"}), '"<&>'),
        (QuickText(), forms.TextInput(), None),
        (QuickHidden(), forms.HiddenInput(), "a,b"),
        (QuickDate(attrs={"type": "date"}, format="%Y-%m-%d"), forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), dt.date(2026, 12, 1)),
        (QuickTick(), forms.CheckboxInput(), True),
        (QuickTick(), forms.CheckboxInput(), None),
        (UnitSelect(), forms.Select(choices=unit_choices()), "PK"),
        (UnitSelect(), forms.Select(choices=unit_choices()), ""),
    ],
)  # fmt: skip
def test_a_quick_field_is_the_same_html(quick, plain, value):
    assert parse_html(quick.render("x", value, ATTRS)) == parse_html(plain.render("x", value, ATTRS))
