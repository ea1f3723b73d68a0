"""Whether an article helped: a reader's yes or no, once for an article in a visit; counted, never with a name."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from cms.models import HelpPage, HelpVotes
from core.limits import rate_limited

_SESSION: Final = "help_votes"
#: Articles that a visit remembers its answers to.
_MOST: Final = 100


def has_voted(request: Any, page: HelpPage) -> bool:
    session = getattr(request, "session", None)
    return session is not None and page.pk in session.get(_SESSION, ())


@rate_limited("help_votes", "30/h")
def take_vote(request: HttpRequest, *, page: HelpPage) -> HttpResponse:
    """Counts `useful` of the form ("yes" or "no") and leads back to the article, whatever was sent."""
    answer = request.POST.get("useful")
    if answer in {"yes", "no"} and not has_voted(request, page):
        count_vote(page=page, helped=answer == "yes")
        request.session[_SESSION] = [*request.session.get(_SESSION, ()), page.pk][-_MOST:]
    return HttpResponseRedirect(f"{page.get_url(request)}#useful")


@transaction.atomic
def count_vote(*, page: HelpPage, helped: bool) -> None:
    HelpVotes.objects.get_or_create(page_id=page.pk)
    field = "yes" if helped else "no"
    HelpVotes.objects.filter(page_id=page.pk).update(**{field: F(field) + 1})
