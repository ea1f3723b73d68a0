"""Accounts application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import personal_data, receivers, services  # noqa: F401 - importing the receivers connects them

        personal_data.register("accounts", export=services.export_account, erase=services.erase_account)
