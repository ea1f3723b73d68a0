"""Kinds of what operators do about searching, as the trace names them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from core.audit.kinds import register

WEIGHTS_DRAFTED: Final = register("search.draft_weights", _("Points of the order of results drafted"))
WEIGHTS_DROPPED: Final = register("search.drop_weights", _("Draft of the order of results dropped"))
WEIGHTS_LIVE: Final = register("search.publish_weights", _("Points of the order of results put live"))
WEIGHTS_SHIPPED: Final = register("search.reset_weights", _("Order of results as Ryad comes with it"))
SYNONYM_DRAFTED: Final = register("search.draft_synonym", _("Synonym drafted"))
SYNONYM_STRUCK: Final = register("search.strike_synonym", _("Synonym struck"))
SYNONYMS_LIVE: Final = register("search.publish_synonyms", _("Synonyms put live"))
SYNONYMS_BACK: Final = register("search.restore_synonyms", _("Back to earlier synonyms"))
STOP_DRAFTED: Final = register("search.draft_stop_word", _("Word to leave out drafted"))
STOPS_LIVE: Final = register("search.publish_stop_words", _("Words left out put live"))
STOP_STRUCK: Final = register("search.strike_stop_word", _("Word left out struck"))
PLACE_DRAFTED: Final = register("search.draft_placement", _("Place in the results drafted"))
PLACE_LIVE: Final = register("search.publish_placement", _("Place in the results put live"))
PLACE_ENDED: Final = register("search.end_placement", _("Place in the results ended"))
ROUTE_MADE: Final = register("search.add_route", _("Query led to a page"))
ROUTE_ENDED: Final = register("search.end_route", _("Query leads to a page no more"))
HANDLED: Final = register("search.handle_query", _("Query of the reports handled"))
REOPENED: Final = register("search.reopen_query", _("Query of the reports opened again"))
ASKED: Final = register("search.ask_vendors", _("Vendors asked for wanted goods"))
