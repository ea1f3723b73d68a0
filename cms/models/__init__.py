"""Wagtail pages of the row, its menus, its help, and what of the first content was made."""

from cms.models.first import FirstContent
from cms.models.help import Audience, HelpIndexPage, HelpPage, HelpVotes
from cms.models.menus import Menu, MenuItem, MenuPlace
from cms.models.pages import HomePage, LandingPage, StandardPage
from cms.operators.inbox.models import InboxClaim, QueueKeeper

__all__ = [
    "Audience",
    "FirstContent",
    "HelpIndexPage",
    "HelpPage",
    "HelpVotes",
    "HomePage",
    "InboxClaim",
    "LandingPage",
    "Menu",
    "MenuItem",
    "MenuPlace",
    "QueueKeeper",
    "StandardPage",
]
