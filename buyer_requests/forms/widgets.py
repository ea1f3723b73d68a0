"""Fields of long tables, written by Python instead of a template each: 277 lines of a request are 4,000 fields.

The HTML is what Django's own widgets write; measured, a field costs a tenth.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from buyer_requests.forms.fields import unit_choices


class _Input(forms.widgets.Input):
    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002 - Django's signature
        told = self.get_context(name, value, attrs)["widget"]
        said = {} if told["value"] is None else {"value": told["value"]}
        return format_html(
            '<input type="{}" name="{}"{}>', told["type"], told["name"], flatatt(said | told["attrs"])
        )


class QuickText(_Input, forms.TextInput):
    pass


class QuickHidden(_Input, forms.HiddenInput):
    pass


class QuickDate(_Input, forms.DateInput):
    pass


class QuickTick(_Input, forms.CheckboxInput):
    pass


class UnitSelect(forms.Select):
    """Units by name; the options are made once for each language."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002 - Django's signature
        chosen = str(value or "")
        options = [
            option.replace('">', '" selected>', 1) if code == chosen else option
            for code, option in _unit_options(get_language() or "")
        ]
        built = self.build_attrs(self.attrs, attrs)
        return format_html(
            '<select name="{}"{}>{}</select>',
            name,
            flatatt(built),
            mark_safe("".join(options)),  # noqa: S308 - made of our own codes and escaped names
        )


@lru_cache(maxsize=8)
def _unit_options(_language: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (code, str(format_html('<option value="{}">{}</option>', code, name)))
        for code, name in unit_choices()
    )
