"""PriceLists application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PriceListsConfig(AppConfig):
    name = "price_lists"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.jobs import kinds
        from price_lists import category_effects, deeds, receivers, tasks  # noqa: F401  - registers what they hold
        from price_lists.freshness import reminders
        from price_lists.freshness.reads import still_of_today
        from price_lists.held import imports as held_imports
        from price_lists.held import names as held_names
        from price_lists.held.onboarding import price_list_point
        from price_lists.selectors import imports_of_today, runs_that_wait
        from price_lists.services import imports
        from price_lists.sources import messages
        from price_lists.title_rules.selectors import KIND as NAMES_JUDGED
        from price_lists.title_rules.selectors import names_of_today
        from vendors import desk
        from vendors.onboarding import items as onboarding

        kinds.register(
            imports.KIND,
            label=_("Import of a price list"),
            on_cancel=imports.follow_cancelled_job,
            on_retry=imports.follow_retried_job,
        )
        kinds.register("price_lists.versions", label=_("Reports and comparison of price lists"))
        kinds.register("price_lists.categories", label=_("Offers follow their categories"))
        kinds.register("price_lists.forget", label=_("Let the price list speak again"))
        kinds.register(NAMES_JUDGED, label=_("Names are judged anew"))

        category_effects.connect()
        messages.register()
        deeds.register()
        reminders.register()
        held_imports.register_messages()
        held_names.connect()
        onboarding.register(price_list_point())
        desk.add_entry(
            key="price_lists",
            label=_("Price lists"),
            icon="file-spreadsheet",
            url_name="price_lists:list",
            order=30,
            badge=runs_that_wait,
        )
        desk.add_panel(key="still", template="price_lists/_still.html", context=still_of_today, order=15)
        desk.add_panel(key="imports", template="price_lists/_today.html", context=imports_of_today, order=20)
        desk.add_panel(key="names", template="price_lists/_names.html", context=names_of_today, order=22)
