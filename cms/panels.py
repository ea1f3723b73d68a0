"""A panel at the top of a page's editor that says which of its blocks lack something."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel


class LacksPanel(Panel):
    """Silent where nothing is lacking."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/operators/_lacks_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk) and super().is_shown()

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            from cms.selectors.lacking import lacks_of

            return super().get_context_data(parent_context) | {"lacks": lacks_of([self.instance])}
