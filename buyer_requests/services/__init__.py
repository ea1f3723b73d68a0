"""What people do with requests: publish, bid, ask, award. One public function is one business action."""

from buyer_requests.services.awards import answer_award, award_request, expire_awards
from buyer_requests.services.bids import BidLineInput, save_bid_draft, send_bid, withdraw_bid
from buyer_requests.services.follows import follow_categories
from buyer_requests.services.proposals import propose
from buyer_requests.services.publishing import (
    cancel_request,
    close_due_requests,
    move_deadline,
    publish_request,
)
from buyer_requests.services.questions import answer_question, ask_question
from buyer_requests.services.writing import LineInput, create_draft, delete_draft, save_draft

__all__ = [
    "BidLineInput",
    "LineInput",
    "answer_award",
    "answer_question",
    "ask_question",
    "award_request",
    "cancel_request",
    "close_due_requests",
    "create_draft",
    "delete_draft",
    "expire_awards",
    "follow_categories",
    "move_deadline",
    "propose",
    "publish_request",
    "save_bid_draft",
    "save_draft",
    "send_bid",
    "withdraw_bid",
]
