"""`{% place "vendor" vendor.slug %}`: a link to a named place of a higher room."""

from django import template

from core.places import place

register = template.Library()
register.simple_tag(place)
