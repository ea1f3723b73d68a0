"""PriceLists application."""

from django.apps import AppConfig


class PriceListsConfig(AppConfig):
    name = "price_lists"
    default_auto_field = "django.db.models.BigAutoField"
