"""Periodic work on requests."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from buyer_requests import services
from buyer_requests.auctioning import watching
from buyer_requests.bidding import automatic, look_alikes
from buyer_requests.bidding.counters import expire_counter_offers
from buyer_requests.bidding.files import sweep_files
from buyer_requests.matching import dated, sharding
from buyer_requests.pooling.joining import end_joining
from buyer_requests.sealing import opening
from buyer_requests.services import proposals
from buyer_requests.standing import rounds
from buyer_requests.standing import telling as standing_news
from buyer_requests.telling import parcels, turns
from core.jobs.work import work_on

logger = structlog.get_logger(__name__)

#: Above the pause between two runs, so that each moment falls into one.
AUCTION_SECONDS = 7


@shared_task(name="buyer_requests.close_due", soft_time_limit=100, time_limit=120)
def close_due(**_: Any) -> None:
    """Close what is past its deadline; the next run takes what this one left."""
    failed: Exception | None = None
    for step in (
        end_joining,
        opening.open_due_requests,
        rounds.close_due_rounds,
        services.close_due_requests,
        expire_counter_offers,
        services.expire_awards,
        proposals.propose_for_closed,
    ):
        try:
            step()
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # what one step breaks on holds no other back
            logger.exception("requests.step_failed", step=step.__name__)
            failed = failed or error
    if failed is not None:
        raise failed


@shared_task(name="buyer_requests.watch_auctions", soft_time_limit=30, time_limit=40)
def watch_auctions(**_: Any) -> None:
    """Start and close auctions on the second: what falls due within the next seconds is waited for here."""
    watching.watch_auctions(seconds=AUCTION_SECONDS)


@shared_task(name="buyer_requests.tidy", soft_time_limit=200, time_limit=240)
def tidy(**_: Any) -> None:
    """Forget what ended requests no longer need, and delete bytes of files that no bid has."""
    look_alikes.forget_senders()
    swept = sweep_files()
    if swept:
        logger.info("bids.files_swept", files=swept)


@shared_task(name="buyer_requests.bid_waiting", soft_time_limit=200, time_limit=240)
def bid_waiting(**_: Any) -> None:
    """Let rules bid that waited for their hour or for a new day's cap."""
    automatic.bid_waiting()


@shared_task(name="buyer_requests.send_collections", soft_time_limit=200, time_limit=240)
def send_collections(**_: Any) -> None:
    """Send collections of requests that are due, and give the next vendors their turn."""
    parcels.send_due()
    turns.give_turns()


@shared_task(name="buyer_requests.propose", soft_time_limit=110, time_limit=120)
def propose(*, job_id: str, proposal: int, **_: Any) -> None:
    """Work out whom to award."""
    with work_on(job_id) as work:
        if work:
            proposals.work_out(proposal_id=proposal)


@shared_task(name="buyer_requests.tell_standing", soft_time_limit=200, time_limit=240)
def tell_standing(**_: Any) -> None:
    """Tell buyers and vendors what came to fit standing requests."""
    standing_news.tell_due()


@shared_task(name="buyer_requests.rejudge_dated", soft_time_limit=500, time_limit=560)
def rejudge_dated(**_: Any) -> None:
    """A day has passed: whoever matches is to take away what no longer comes in time; what lowered shards left is handed out."""
    sharding.adopt()
    dated.ask()
