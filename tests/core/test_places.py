"""Named places of higher rooms."""

import pytest
from django.template import Context, Template

from core.places import place


def test_a_template_links_by_name(settings):
    settings.PLACES = {"sign_in": "account_login"}
    template = Template(
        '{% load places %}<a href="{% place "sign_in" %}">{% place "sign_in" as url %}{{ url }}</a>'
    )
    assert template.render(Context()) == '<a href="/accounts/login/">/accounts/login/</a>'


def test_an_unknown_place_is_named(settings):
    settings.PLACES = {"sign_in": "account_login"}
    with pytest.raises(LookupError, match="No place 'nowhere'"):
        place("nowhere")
