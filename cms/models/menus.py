"""Menus of the header and the footer, one of each place and language; their lines in the order that operators drag."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.models import Orderable

from catalog.models import Category
from cms.addresses import check_address
from cms.blocks.choosers import categories


class MenuPlace(models.TextChoices):
    HEADER = "header", _("header")
    FOOTER_1 = "footer_1", _("footer, first column")
    FOOTER_2 = "footer_2", _("footer, second column")
    FOOTER_3 = "footer_3", _("footer, third column")


class Menu(ClusterableModel):
    """The lines of one place in one language. Where a place has none, the row's own links stand."""

    place = models.CharField(_("place"), max_length=10, choices=MenuPlace)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    title = models.CharField(_("heading of the column"), max_length=60, blank=True, default="")

    panels = [
        FieldPanel("place"),
        FieldPanel("language"),
        FieldPanel("title"),
        InlinePanel("items", label=_("line"), heading=_("Lines"), min_num=1),
    ]

    class Meta:
        verbose_name = _("menu")
        verbose_name_plural = _("menus")
        ordering = ["place", "language"]
        constraints = [models.UniqueConstraint(fields=["place", "language"], name="cms_menu_once")]

    def __str__(self) -> str:
        return f"{self.get_place_display()}, {self.get_language_display()}"

    def clean(self) -> None:
        super().clean()
        if self.place != MenuPlace.HEADER and not self.title:
            raise ValidationError(
                {"title": ValidationError(_("A column of the footer needs a heading."), code="title")}
            )


class MenuIcon(models.TextChoices):
    """A few that say something; a name is one of `core.icons`."""

    GRID = "layout-grid", _("squares")
    STORE = "building-store", _("shop")
    LIST = "clipboard-list", _("list")
    CASE = "briefcase", _("briefcase")
    HELP = "help", _("question mark")
    TAG = "tag", _("label")
    STAR = "star", _("star")
    TRUCK = "truck", _("lorry")
    BELL = "bell", _("bell")


class MenuItem(Orderable):
    """A link to a page, a category or an address: to exactly one of them. Without words it is called like its target."""

    menu = ParentalKey(Menu, on_delete=models.CASCADE, related_name="items")
    label = models.CharField(_("words"), max_length=60, blank=True, default="")
    icon = models.CharField(_("icon"), max_length=20, choices=MenuIcon, blank=True, default="")
    page = models.ForeignKey(
        "wagtailcore.Page",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("page"),
    )
    category = models.ForeignKey(
        Category,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    address = models.CharField(
        _("or an address"),
        max_length=300,
        blank=True,
        default="",
        help_text=_("A path of this site, such as /vendors/, or https://…"),
    )

    panels = [
        FieldPanel("label"),
        PageChooserPanel("page"),
        FieldPanel("category", widget=categories.widget_class),
        FieldPanel("address"),
        FieldPanel("icon"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("line of a menu")

    def __str__(self) -> str:
        return self.label or self.address or f"{self.page or self.category or '–'}"

    def clean(self) -> None:
        super().clean()
        targets: list[Any] = [self.page_id, self.category_id, self.address]
        if sum(bool(target) for target in targets) != 1:
            raise ValidationError(
                _("Choose a page or a category, or write an address: one of them."), code="one_target"
            )
        if self.address:
            try:
                check_address(self.address)
            except ValidationError as error:
                raise ValidationError({"address": error}) from error
            if not self.label:
                raise ValidationError(
                    {"label": ValidationError(_("An address needs words to stand for it."), code="label")}
                )
