"""`{% owner_url owner "endpoint" endpoint.pk as url %}`: a page of webhooks, on the desk or in the profile."""

from typing import Any

from django import template

from api.webhooks.owners import Owner

register = template.Library()


@register.simple_tag
def owner_url(owner: Owner, name: str, *args: Any) -> str:
    return owner.url(name, *args)
