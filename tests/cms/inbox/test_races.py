"""Two operators at once: one gets the item, the other a clear answer."""

import threading

import pytest
from django.db import connection, transaction

from cms.operators.inbox import claims, deciding
from cms.operators.inbox.models import InboxClaim
from cms.operators.inbox.queues import Answer
from core.errors import DomainError
from tests.cms.inbox.conftest import reported

pytestmark = pytest.mark.django_db(transaction=True)


def beside(outcome, action, **kwargs):
    """A second connection that waits for the first one's lock."""

    def run():
        try:
            action(**kwargs)
            outcome.append("done")
        except DomainError as error:
            outcome.append(error.code)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("known", [False, True], ids=["nobody's before", "free again"])
def test_of_two_who_take_it_one_has_it(operator, colleague, known):
    if connection.vendor == "sqlite":
        pytest.skip("on SQLite one writes after the other")
    item = f"flag:{reported().pk}"
    if known:
        claims.claim(operator=operator, item=item)
        InboxClaim.objects.update(until="2026-01-01T00:00Z")
    outcome = []
    with transaction.atomic():
        claims.claim(operator=operator, item=item)
        thread = beside(outcome, claims.claim, operator=colleague, item=item)
        thread.join(0.3)
        assert outcome == []
    thread.join(10)
    assert outcome == ["item_taken"]
    assert InboxClaim.objects.get().operator_id == operator.pk


def test_of_two_who_decide_one_does(operator, colleague):
    if connection.vendor == "sqlite":
        pytest.skip("on SQLite one writes after the other")
    case = reported()
    chosen = deciding.Chosen(f"flag:{case.pk}")
    outcome = []
    with transaction.atomic():
        deciding.decide(operator=operator, chosen=chosen, act="dismiss", answer=Answer(reason="Гаразд"))
        thread = beside(
            outcome,
            deciding.decide,
            operator=colleague,
            chosen=chosen,
            act="hide",
            answer=Answer(reason="Ні"),
        )
        thread.join(0.3)
        assert outcome == []
    thread.join(10)
    case.refresh_from_db()
    assert (outcome, case.verdict) == (["case_decided"], "dismissed")
