"""What happened to a thing, on its own page of the desk."""

from __future__ import annotations

from typing import Any

from django import template

from cms import journal

register = template.Library()


@register.inclusion_tag("cms/operators/_happened.html", takes_context=True)
def what_happened(context: dict[str, Any], subject: str) -> dict[str, Any]:
    """The last lines of the journal about `subject`, a typed id; nothing to whom the journal is closed."""
    request = context["request"]
    if not request.user.has_perm("core.view_auditentry"):
        return {"may": False}
    lines = [(line, journal.label_of(line.action)) for line in journal.of_subject(subject)]
    return {"may": True, "lines": lines, "subject": subject, "request": request}
