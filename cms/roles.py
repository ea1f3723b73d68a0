"""Who on the operators' desk may do what: the one table of roles and rights. docs/roles.md shows it.

A right that a room adds gets its row here; the group of each role receives it with the next `migrate`. Administrators
hold every row. What an installation gives a group by hand beside the table stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.contrib.auth.models import Group, Permission
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page


class DeskRole(models.TextChoices):
    """The value is part of the group's name and stays for ever."""

    ADMINISTRATOR = "administrator", _("administrator")
    CURATOR = "curator", _("curator")
    MODERATOR = "moderator", _("moderator")
    SUPPORT = "support", _("support")
    FINANCE = "finance", _("finance")

    @property
    def group_name(self) -> str:
        """Wagtail's own groups are called "Editors" and "Moderators": a prefix keeps ours apart from them."""
        return f"Role: {self.value}"


#: What each role is for, in a sentence.
ABOUT: Final = {
    DeskRole.ADMINISTRATOR: _("Everything below, the people of the desk and what was done on it."),
    DeskRole.CURATOR: _("Categories, attributes, goods, names, search and pages."),
    DeskRole.MODERATOR: _("Vendors, requests, reviews and photos: what may stay and what may not."),
    DeskRole.SUPPORT: _("Looks things up, keeps notes about vendors and works on their desks for them."),
    DeskRole.FINANCE: _("Reads figures of vendors, their clicks and what was done on the desk."),
}

_C, _M, _S, _F = DeskRole.CURATOR, DeskRole.MODERATOR, DeskRole.SUPPORT, DeskRole.FINANCE
#: Right -> roles that hold it beside the administrator's. Bids are not among the rights: nobody here reads them.
#: Prices of an auction have no names until it is over; who may stop its clock has to see them.
TABLE: Final[dict[str, tuple[DeskRole, ...]]] = {
    "wagtailadmin.access_admin": (_C, _M, _S, _F),
    "catalog.view_category": (_C, _S),
    "catalog.add_category": (_C,),
    "catalog.change_category": (_C,),
    "catalog.delete_category": (_C,),
    "catalog.publish_category": (_C,),
    "catalog.change_offer": (_C,),
    "catalog.view_product": (_C, _M, _S),
    "catalog.change_product": (_C,),
    "catalog.change_photo": (_C, _M),
    "catalog.change_flagcase": (_C, _M),
    "vendors.view_vendor": (_C, _M, _S, _F),
    "vendors.change_vendor": (_M,),
    "vendors.add_vendornote": (_M, _S),
    "vendors.act_for_vendor": (_S,),
    "price_lists.view_importrun": (_C, _M, _S),
    "price_lists.change_importrun": (_C, _M),
    "price_lists.change_titlerule": (_C,),
    "buyer_requests.view_buyerrequest": (_M, _S),
    "buyer_requests.change_biddingstop": (_M,),
    "buyer_requests.change_requesthold": (_M,),
    "buyer_requests.change_auction": (_M,),
    "search.change_rankingweights": (_C,),
    "reviews.change_review": (_M,),
    "cms.view_menu": (_C,),
    "cms.add_menu": (_C,),
    "cms.change_menu": (_C,),
    "cms.delete_menu": (_C,),
    "wagtailredirects.view_redirect": (_C,),
    "wagtailredirects.add_redirect": (_C,),
    "wagtailredirects.change_redirect": (_C,),
    "wagtailredirects.delete_redirect": (_C,),
    "simple_translation.submit_translation": (_C,),
    "core.view_job": (_C, _S),
    "core.change_job": (_C,),
    "core.view_auditentry": (_M, _F),
    "accounts.change_operatorinvitation": (),
}
#: Of Wagtail's pages, from the root down.
PAGES: Final[dict[str, tuple[DeskRole, ...]]] = {
    "add_page": (_C,),
    "change_page": (_C,),
    "publish_page": (_C,),
    "bulk_delete_page": (),
}
#: The one group of earlier versions, whose people could do everything but this table's newest rows.
_EARLIER: Final = "Operators"


def rights_of(role: DeskRole) -> list[str]:
    """Names of rights, "app.codename", in the table's order."""
    return [name for name, holders in TABLE.items() if role is DeskRole.ADMINISTRATOR or role in holders]


def ensure_roles() -> dict[DeskRole, Group]:
    """A group for each role, with at least its rights. Where all is there already, nothing is written; cut short, it goes on with the next `migrate`."""
    groups = _groups()
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type").filter(
            content_type__app_label__in={name.partition(".")[0] for name in TABLE}
        )
    }
    held = set(
        Group.permissions.through.objects.filter(group__in=groups.values()).values_list(
            "group_id", "permission_id"
        )
    )
    for role, group in groups.items():
        missing = [permissions[name] for name in rights_of(role)]
        missing = [permission for permission in missing if (group.pk, permission.pk) not in held]
        if missing:
            group.permissions.add(*missing)
    _ensure_page_rights(groups)
    _ensure_image_rights(groups)
    return groups


def _groups() -> dict[DeskRole, Group]:
    names = {role.group_name: role for role in DeskRole}
    found = {group.name: group for group in Group.objects.filter(name__in=[*names, _EARLIER])}
    earlier = found.pop(_EARLIER, None)
    administrators = DeskRole.ADMINISTRATOR.group_name
    if earlier is not None and administrators not in found:
        # Renamed, not copied: its people and what was given to it by hand go along.
        earlier.name = administrators
        earlier.save(update_fields=["name"])
        found[administrators] = earlier
    elif earlier is not None:
        found[administrators].user_set.add(*earlier.user_set.all())
        found[administrators].permissions.add(*earlier.permissions.all())
        earlier.delete()
    for name in names.keys() - found.keys():
        found[name] = Group.objects.create(name=name)
    return {role: found[name] for name, role in names.items()}


def _ensure_page_rights(groups: dict[DeskRole, Group]) -> None:
    if not Locale.objects.filter(language_code="uk").exists():
        Locale.objects.create(language_code="uk")
    root = root_page()
    held = set(
        GroupPagePermission.objects.filter(group__in=groups.values(), page=root).values_list(
            "group_id", "permission__codename"
        )
    )
    wanted = [
        (groups[role], codename)
        for codename, holders in PAGES.items()
        for role in (DeskRole.ADMINISTRATOR, *holders)
        if (groups[role].pk, codename) not in held
    ]
    if not wanted:
        return
    permissions = {
        permission.codename: permission
        for permission in Permission.objects.filter(
            content_type__app_label="wagtailcore", codename__in=PAGES.keys()
        )
    }
    GroupPagePermission.objects.bulk_create(
        [
            GroupPagePermission(group=group, page=root, permission=permissions[codename])
            for group, codename in wanted
        ]
    )


#: Of the pictures on pages, in every collection: those who make pages bring them.
_IMAGES: Final = ("add_image", "change_image", "choose_image")


def _ensure_image_rights(groups: dict[DeskRole, Group]) -> None:
    root = Collection.get_first_root_node()
    if root is None:
        return
    here = GroupCollectionPermission.objects.filter(collection=root, permission__codename__in=_IMAGES)
    held = set(here.filter(group__in=groups.values()).values_list("group_id", "permission__codename"))
    wanted = [
        (groups[role], codename)
        for role in (DeskRole.ADMINISTRATOR, DeskRole.CURATOR)
        for codename in _IMAGES
        if (groups[role].pk, codename) not in held
    ]
    if not wanted:
        return
    permissions = {
        permission.codename: permission
        for permission in Permission.objects.filter(
            content_type__app_label="wagtailimages", codename__in=_IMAGES
        )
    }
    GroupCollectionPermission.objects.bulk_create(
        [
            GroupCollectionPermission(group=group, collection=root, permission=permissions[codename])
            for group, codename in wanted
        ]
    )


def root_page() -> Page:
    """Wagtail's first migration makes it; a flushed database has lost it."""
    return Page.get_first_root_node() or Page.add_root(title="Root", slug="root")


def roles_named(names: Iterable[str]) -> list[DeskRole]:
    """Roles among names of groups, in the table's order."""
    given = set(names)
    return [role for role in DeskRole if role.group_name in given]
