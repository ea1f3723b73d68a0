"""Who may open which address: the table that every address of the site must stand in.

A new address fails `test_url_rights.py` until it has a row here. Decide the right, name the arguments of its
pattern and the statuses that a person with the right gets; the test then plays every role against it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Any
from uuid import UUID

from api.models import WebhookDelivery
from buyer_requests.models import BiddingRule, BuyerRequest
from catalog.models import Offer, Product
from core import uploads
from core.models import Job, PartialUpload
from notifications.models import Notification
from price_lists.enums import RunState
from price_lists.models import CategoryLink, ImportRun, PriceList, Source, UploadKey
from reviews.models import Review
from search.query import SearchQuery
from search.saved import links
from search.saved.models import PriceWatch, SavedSearch
from search.saved.services import save_search, watch_price
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.api import make_delivery
from tests.factories.buyer_requests import make_draft, make_open
from tests.factories.catalog import CategoryFactory, OfferFactory, SupplyFactory
from tests.factories.reviews import make_deal, make_shown_review
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.appeals.models import Decision
from vendors.appeals.services import note
from vendors.enums import Role
from vendors.models import Invitation
from vendors.tokens import token_for


class Right(Enum):
    """What one needs; everybody else gets what `test_url_rights.expected` says."""

    ANYONE = auto()
    SIGNED_IN = auto()
    OWN = auto()  # the person whose thing it is; to others it does not exist
    OWN_OR_OPERATOR = auto()
    ASSISTANT = auto()  # members of the vendor in the address, with at least this role
    MANAGER = auto()
    OWNER = auto()


class World:
    """People of every role, and one thing of each kind, made when a row asks for it."""

    def __init__(self) -> None:
        self.vendor = VendorFactory(slug="ours", name="Наша")
        self.roles = {
            "visitor": None,
            "buyer": UserFactory(),  # whose things the rows with Right.OWN name
            "stranger": UserFactory(),
            "assistant": MembershipFactory(vendor=self.vendor, role=Role.ASSISTANT).user,
            "manager": MembershipFactory(vendor=self.vendor, role=Role.MANAGER).user,
            "owner": MembershipFactory(vendor=self.vendor, role=Role.OWNER).user,
            "foreign owner": MembershipFactory(vendor=VendorFactory(slug="theirs", name="Чужа")).user,
            "operator": OperatorFactory(),
        }
        self.buyer = self.roles["buyer"]

    @cached_property
    def message(self) -> Notification:
        return Notification.objects.create(user=self.buyer, kind="vendor.approved", params={}, key="k")

    @cached_property
    def job(self) -> Job:
        return Job.objects.create(kind="test", task="test.none", owner=self.buyer.typed_id)

    @cached_property
    def invitation(self) -> Invitation:
        return Invitation.objects.create(
            vendor=self.vendor, email=self.buyer.email, role=Role.ASSISTANT, expires_at="2999-01-01T00:00Z"
        )

    @cached_property
    def decision(self) -> Decision:
        return note(
            kind="offer.hidden",
            subject=f"offer:{self.offer.pk}",
            subject_name=self.offer.title,
            vendor=self.vendor,
            reason="Чужий товар",
            actor=self.roles["operator"].typed_id,
        )

    @cached_property
    def offer(self) -> Offer:
        return OfferFactory(
            vendor=self.vendor, category=CategoryFactory(slug="staplers"), url="https://ours.example"
        )

    @cached_property
    def product(self) -> Product:
        """With one offer left on sale, so that its page leads to that offer's."""
        product = Product.objects.create(title="Степлер")
        Offer.objects.filter(pk=self.offer.pk).update(product=product)
        return product

    @cached_property
    def saved_search(self) -> SavedSearch:
        what = links.seal(SearchQuery(words="степлер"), url="/search/?q=степлер", name="Степлер")
        return save_search(user=self.buyer, what=what)

    @cached_property
    def price_watch(self) -> PriceWatch:
        return watch_price(user=self.buyer, offer_id=self.offer.pk)

    @cached_property
    def rule(self) -> BiddingRule:
        return BiddingRule.objects.create(vendor=self.vendor, name="Усе зі складу")

    @cached_property
    def draft(self) -> BuyerRequest:
        return make_draft(self.buyer)

    @cached_property
    def request(self) -> BuyerRequest:
        return make_open(self.buyer)

    @cached_property
    def deal(self) -> BuyerRequest:
        return make_deal(self.vendor, buyer=self.buyer)

    @cached_property
    def review(self) -> Review:
        return make_shown_review(self.deal, self.vendor)

    @cached_property
    def run(self) -> ImportRun:
        source = Source.objects.create(
            vendor=self.vendor, name="main", supply=SupplyFactory(vendor=self.vendor)
        )
        version = PriceList.objects.create(source=source, original_name="a.csv", size=1, sha256="0" * 64)
        return ImportRun.objects.create(
            vendor=self.vendor, source=source, price_list=version, state=RunState.CANCELLED
        )

    @cached_property
    def upload(self) -> PartialUpload:
        return uploads.create(
            owner=f"vendor:{self.vendor.pk}", actor="user:1", name="a.csv", size=10, limit=100
        )

    @cached_property
    def upload_key(self) -> UploadKey:
        return UploadKey.objects.create(source=self.run.source, hash="0" * 64, beginning="ryad_up_abcd")

    @cached_property
    def own_hook(self) -> WebhookDelivery:
        """A delivery with its endpoint; `delivery_id` is its own."""
        return make_delivery(user=self.buyer)

    @cached_property
    def vendor_hook(self) -> WebhookDelivery:
        return make_delivery(vendor=self.vendor)

    @cached_property
    def link(self) -> CategoryLink:
        return CategoryLink.objects.create(vendor=self.vendor, path="Степлери", path_hash=b"0" * 16)

    def membership(self, role: str) -> int:
        return self.vendor.memberships.get(role=role).pk


@dataclass(frozen=True)
class Row:
    """A decided right. `gives`: statuses for those who have it, for each method that is tried."""

    right: Right
    args: Callable[[World], dict[str, Any]] = field(default=lambda _world: {})
    get: frozenset[int] | None = None
    post: frozenset[int] | None = None
    data: Callable[[World], dict[str, Any]] = field(default=lambda _world: {})
    sealed: bool = False  # the address itself is the right: mail programs press it without a page of ours


def page(right: Right, *statuses: int, **options: Any) -> Row:
    """Read with GET."""
    return Row(right, get=frozenset(statuses or (200,)), **options)


def action(right: Right, *statuses: int, **options: Any) -> Row:
    """Done with POST; a GET changes nothing and is refused with 405 after the right was checked."""
    return Row(right, get=frozenset({405}), post=frozenset(statuses or (302,)), **options)


def form(right: Right, *statuses: int, **options: Any) -> Row:
    """Asked for with GET, sent with POST; what the table sends may be refused as incomplete."""
    return Row(right, get=frozenset({200}), post=frozenset(statuses or (422,)), **options)


def desk(**more: Callable[[World], Any]) -> Callable[[World], dict[str, Any]]:
    """Arguments of a desk address: our vendor, and what else the pattern takes."""
    return lambda world: {"vendor_slug": world.vendor.slug, **{name: of(world) for name, of in more.items()}}


RUN = desk(run_id=lambda world: world.run.pk)
SOURCE = desk(source_id=lambda world: world.run.source_id)


def DRAFT(world: World) -> dict[str, Any]:
    return {"public_id": world.draft.public_id}


def REQUEST(world: World) -> dict[str, Any]:
    return {"public_id": world.request.public_id}


DEAL = desk(public_id=lambda world: world.deal.public_id)
RULE = desk(rule_id=lambda world: world.rule.pk)
#: The public id of nothing: who may ask is told 404 as well.
NOBODY = UUID(int=0)


def NO_BID(world: World) -> dict[str, Any]:
    return {"public_id": world.request.public_id, "bid_id": NOBODY}


def NO_COUNTER(world: World) -> dict[str, Any]:
    return {"public_id": world.request.public_id, "counter_id": NOBODY}


def NO_FILE(world: World) -> dict[str, Any]:
    return {"public_id": world.request.public_id, "file_id": NOBODY}


def OWN_HOOK(*names: str) -> Callable[[World], dict[str, Any]]:
    """Arguments of a page of the person's own endpoint."""
    return lambda world: {name: getattr(world.own_hook, name) for name in names}


def DESK_HOOK(*names: str) -> Callable[[World], dict[str, Any]]:
    """Arguments of a page of the vendor's endpoint."""
    return lambda world: {
        "vendor_slug": world.vendor.slug,
        **{name: getattr(world.vendor_hook, name) for name in names},
    }


def SAVED_SEARCH(world: World) -> dict[str, Any]:
    return {"pk": world.saved_search.pk}


def PRICE_WATCH(world: World) -> dict[str, Any]:
    return {"pk": world.price_watch.pk}


#: Addresses below the operators' admin that one reaches before being an operator: they lead to our sign-in.
#: All others there are for operators alone.
ADMIN = "operators/"
ADMIN_OPEN = frozenset(
    {
        "operators/login/",
        "operators/logout/",
        "operators/sprite/",
        "operators/jsi18n/",
    }
)

REAUTHENTICATES = (200, 302)  # allauth asks for the password again before it shows these

RIGHTS: dict[str, Row] = {
    # The site
    "health/live": page(Right.ANYONE),
    "health/ready": page(Right.ANYONE),
    "metrics": page(Right.ANYONE, 404),  # to nobody but those who watch: tests/marketplace/test_metrics.py
    "media_images": page(Right.ANYONE, 404, args=lambda _: {"path": "none.png"}),
    "set_language": Row(Right.ANYONE, get=frozenset({302}), post=frozenset({302, 204})),
    "wagtail_serve": page(Right.ANYONE, 200, 404, args=lambda _: {"wagtail_path": "nowhere/"}),
    "wagtailcore_authenticate_with_password": page(
        Right.ANYONE, 404, args=lambda _: {"page_view_restriction_id": 1, "page_id": 1}
    ),
    "wagtailcore_login": page(Right.ANYONE, 302),
    "_util/login/": page(Right.ANYONE, 302),
    "wagtaildocs_serve": page(
        Right.ANYONE, 404, args=lambda _: {"document_id": 1, "document_filename": "a.pdf"}
    ),
    "wagtaildocs_authenticate_with_password": page(Right.ANYONE, 404, args=lambda _: {"restriction_id": 1}),
    # Signing in: allauth refuses those who are signed in already by leading them away
    "account_login": Row(Right.ANYONE, get=frozenset({200, 302}), post=frozenset({200, 302})),
    "account_signup": Row(Right.ANYONE, get=frozenset({200, 302}), post=frozenset({200, 302})),
    "account_logout": Row(Right.ANYONE, get=frozenset({200, 302}), post=frozenset({302})),
    "account_inactive": page(Right.ANYONE),
    "account_email_verification_sent": page(Right.ANYONE),
    "account_confirm_email": Row(
        Right.ANYONE, args=lambda _: {"key": "x:y"}, get=frozenset({200}), post=frozenset({302, 404})
    ),
    "account_reset_password": Row(Right.ANYONE, get=frozenset({200}), post=frozenset({200})),
    "account_reset_password_done": page(Right.ANYONE),
    "account_reset_password_from_key": page(Right.ANYONE, args=lambda _: {"uidb36": "1", "key": "x"}),
    "account_reset_password_from_key_done": page(Right.ANYONE),
    "mfa_login_webauthn": Row(Right.ANYONE, get=frozenset({200, 302}), post=frozenset({200, 302})),
    # Steps inside a sign-in that has begun: from outside they lead to its beginning, signed in they lead away
    "mfa_authenticate": page(Right.SIGNED_IN, 302),
    "account_confirm_login_code": page(Right.SIGNED_IN, 302),
    # The own account
    "account_reauthenticate": Row(Right.SIGNED_IN, get=frozenset({200}), post=frozenset({200})),
    "account_email": Row(Right.SIGNED_IN, get=frozenset({200}), post=frozenset({200, 302})),
    "account_change_password": Row(
        Right.SIGNED_IN, get=frozenset(REAUTHENTICATES), post=frozenset(REAUTHENTICATES)
    ),
    "account_set_password": page(Right.SIGNED_IN, 302),
    "mfa_index": page(Right.SIGNED_IN),
    "mfa_reauthenticate": page(Right.SIGNED_IN, 302),
    "mfa_reauthenticate_webauthn": page(Right.SIGNED_IN, 302),
    "mfa_activate_totp": page(Right.SIGNED_IN, *REAUTHENTICATES),
    "mfa_deactivate_totp": page(Right.SIGNED_IN, 302, 404),
    "mfa_view_recovery_codes": page(Right.SIGNED_IN, 302, 404),
    "mfa_generate_recovery_codes": page(Right.SIGNED_IN, 302, 404),
    "mfa_download_recovery_codes": page(Right.SIGNED_IN, 302, 404),
    "mfa_list_webauthn": page(Right.SIGNED_IN, *REAUTHENTICATES),
    "mfa_add_webauthn": page(Right.SIGNED_IN, *REAUTHENTICATES),
    "mfa_remove_webauthn": page(Right.SIGNED_IN, 302, 404, args=lambda _: {"pk": 1}),
    "mfa_edit_webauthn": page(Right.SIGNED_IN, 302, 404, args=lambda _: {"pk": 1}),
    "accounts:profile": form(Right.SIGNED_IN),
    "accounts:export": action(Right.SIGNED_IN, *REAUTHENTICATES),
    "accounts:erase": Row(Right.SIGNED_IN, get=frozenset({302}), post=frozenset({302})),
    # Messages
    "notifications:inbox": page(Right.SIGNED_IN),
    "notifications:choices": form(Right.SIGNED_IN, 302),
    "notifications:read": action(Right.SIGNED_IN),
    "notifications:stop": Row(  # as watching:stop
        Right.ANYONE, args=lambda _: {"token": "x"}, get=frozenset({410}), post=frozenset({410}), sealed=True
    ),
    "notifications:push_on": action(Right.SIGNED_IN, 400),
    "notifications:push_off": action(Right.SIGNED_IN, 200),
    "push_worker": page(Right.ANYONE),
    "notifications:open": action(Right.OWN, args=lambda world: {"pk": world.message.pk}),
    # Webhooks
    **{
        f"{namespace}:{name}": row
        for namespace, right, OF in (
            ("webhooks", Right.OWN, OWN_HOOK),
            ("webhooks_desk", Right.MANAGER, DESK_HOOK),
        )
        for name, row in {
            "list": page(Right.SIGNED_IN if right is Right.OWN else right, args=OF()),
            "new": form(Right.SIGNED_IN if right is Right.OWN else right, args=OF()),
            "endpoint": page(right, args=OF("endpoint_id")),
            "edit": form(right, args=OF("endpoint_id")),
            "act": action(right, args=OF("endpoint_id"), data=lambda _: {"act": "pause"}),
            "delivery": page(right, args=OF("endpoint_id", "delivery_id")),
            "resend": action(right, args=OF("endpoint_id", "delivery_id")),
        }.items()
    },
    # Reviews
    "reviews:vendor": page(Right.ANYONE, args=lambda world: {"slug": world.vendor.slug}),
    "reviews:rate": form(Right.OWN, args=DEAL),
    # Nobody could join the world's request, and no code is known (tests/reviews)
    "reviews:rate_pool": Row(
        Right.SIGNED_IN,
        get=frozenset({404}),
        post=frozenset({404}),
        args=lambda world: {"code": NOBODY, "vendor_slug": world.vendor.slug},
    ),
    "reviews_desk:list": page(Right.ASSISTANT, args=desk()),
    "reviews_desk:rate": form(Right.ASSISTANT, args=DEAL),
    "reviews_desk:answer": action(Right.ASSISTANT, args=desk(public_id=lambda world: world.review.public_id)),
    "reviews_desk:report": action(Right.ASSISTANT, args=desk(public_id=lambda world: world.review.public_id)),
    # Long work
    "jobs:progress": page(Right.OWN_OR_OPERATOR, args=lambda world: {"job_id": world.job.pk}),
    "jobs:cancel": action(Right.OWN_OR_OPERATOR, args=lambda world: {"job_id": world.job.pk}),
    # Companies
    "desk:index": page(Right.ANYONE),
    "desk:apply": form(Right.SIGNED_IN),
    "desk:invitation": Row(
        Right.SIGNED_IN,
        args=lambda world: {"token": token_for(world.invitation.pk)},
        get=frozenset({200}),
        post=frozenset({302, 400}),
    ),
    "desk:home": page(Right.ASSISTANT, args=desk()),
    "desk:people": page(Right.ASSISTANT, args=desk()),
    "desk:invite": action(Right.MANAGER, 422, args=desk()),
    "desk:revoke": action(Right.MANAGER, args=desk(invitation_id=lambda world: world.invitation.pk)),
    "desk:change_role": action(
        Right.OWNER,
        args=desk(membership_id=lambda world: world.membership("assistant")),
        data=lambda _: {"role": "manager"},
    ),
    "desk:remove": action(
        Right.ASSISTANT, 302, 403, args=desk(membership_id=lambda world: world.membership("assistant"))
    ),
    "desk:holiday": form(Right.MANAGER, 302, args=desk()),
    "desk:visits": page(Right.ASSISTANT, args=desk()),
    # Nobody of the world is on a visit (tests/vendors/test_visits.py)
    "desk:end_visit": action(Right.ASSISTANT, 404, args=desk()),
    "staff_invitation": Row(
        Right.SIGNED_IN,
        get=frozenset({409}),
        post=frozenset({409}),
        args=lambda _world: {"token": "made-up"},
    ),
    "desk:decisions": page(Right.ASSISTANT, args=desk()),
    "desk:appeal": action(Right.MANAGER, args=desk(decision_id=lambda world: world.decision.pk)),
    "desk:checklist": page(Right.ASSISTANT, args=desk()),
    "desk:attest": action(Right.MANAGER, args=desk(item=lambda _world: "returns")),
    "desk:settings": form(Right.MANAGER, args=desk()),
    # The shop front
    "storefront:search": page(Right.ANYONE, 200, 302),
    "storefront:suggestions": page(Right.ANYONE),
    "storefront:categories": page(Right.ANYONE),
    "storefront:category": page(Right.ANYONE, args=lambda world: {"slug": world.offer.category.slug}),
    "storefront:vendors": page(Right.ANYONE),
    "storefront:vendor": page(Right.ANYONE, args=lambda world: {"slug": world.vendor.slug}),
    "storefront:offer": page(Right.ANYONE, args=lambda world: {"pk": world.offer.pk}),
    "storefront:report_offer": form(Right.ANYONE, args=lambda world: {"pk": world.offer.pk}),
    "storefront:product": page(Right.ANYONE, 302, args=lambda world: {"pk": world.product.pk}),
    "storefront:compare": page(Right.ANYONE),
    "storefront:compare_change": action(Right.ANYONE, data=lambda world: {"add": str(world.offer.pk)}),
    "robots": page(Right.ANYONE),
    "sitemap": page(Right.ANYONE),
    "sitemap_file": page(Right.ANYONE, args=lambda _world: {"kind": "vendors", "number": 0}),
    "storefront:leave": page(Right.ANYONE, 302, args=lambda world: {"pk": world.offer.pk}),
    # What a person watches; the two buttons lead a visitor to sign in
    "watching:list": page(Right.SIGNED_IN),
    "watching:save": Row(
        Right.SIGNED_IN,
        get=frozenset({400}),
        post=frozenset({302}),
        data=lambda _: {"what": links.seal(SearchQuery(words="степлер"), url="/search/", name="Степлер")},
    ),
    "watching:watch": form(Right.SIGNED_IN, 302, data=lambda world: {"offer": world.offer.pk}),
    "watching:search": page(Right.OWN, args=SAVED_SEARCH),
    "watching:open": page(Right.OWN, 302, args=SAVED_SEARCH),
    "watching:rename": action(Right.OWN, args=SAVED_SEARCH),
    "watching:pause_search": action(Right.OWN, args=SAVED_SEARCH),
    "watching:resume_search": action(Right.OWN, args=SAVED_SEARCH),
    "watching:delete_search": action(Right.OWN, args=SAVED_SEARCH),
    "watching:price": form(Right.OWN, args=PRICE_WATCH),
    "watching:pause_watch": action(Right.OWN, args=PRICE_WATCH),
    "watching:resume_watch": action(Right.OWN, args=PRICE_WATCH),
    "watching:delete_watch": action(Right.OWN, args=PRICE_WATCH),
    "watching:stop": Row(  # whoever has the sealed link of a letter; any other is gone
        Right.ANYONE, args=lambda _: {"token": "x"}, get=frozenset({410}), post=frozenset({410}), sealed=True
    ),
    # Price lists: everybody who works for the vendor; a change that the import's state forbids is a conflict
    "price_lists:list": page(Right.ASSISTANT, args=desk()),
    "price_lists:upload": form(Right.ASSISTANT, 200, 302, 400, 422, args=desk()),
    "price_lists:part_new": action(Right.ASSISTANT, 400, args=desk()),
    "price_lists:part": page(Right.ASSISTANT, args=desk(upload_id=lambda world: world.upload.pk)),
    "price_lists:part_append": action(
        Right.ASSISTANT,
        200,
        409,
        413,
        args=desk(upload_id=lambda world: world.upload.pk, offset=lambda _world: 0),
    ),
    "price_lists:part_finish": action(
        Right.ASSISTANT, 409, args=desk(upload_id=lambda world: world.upload.pk)
    ),
    "price_lists:part_discard": action(
        Right.ASSISTANT, 204, 404, args=desk(upload_id=lambda world: world.upload.pk)
    ),
    "price_lists:sources": page(Right.ASSISTANT, args=desk()),
    "price_lists:source_new": form(Right.ASSISTANT, args=desk()),
    "price_lists:source": page(Right.ASSISTANT, args=SOURCE),
    "price_lists:source_edit": form(Right.ASSISTANT, args=SOURCE),
    "price_lists:source_sync": action(Right.ASSISTANT, 302, 409, args=SOURCE),
    "price_lists:source_pause": action(Right.ASSISTANT, args=SOURCE),
    "price_lists:source_forget": action(Right.ASSISTANT, 409, args=SOURCE),
    "price_lists:source_remove": action(Right.ASSISTANT, 302, 409, args=SOURCE),
    "price_lists:source_key": action(Right.ASSISTANT, 200, args=SOURCE),
    "price_lists:source_key_back": action(
        Right.ASSISTANT,
        302,
        404,
        args=desk(source_id=lambda world: world.run.source_id, key_id=lambda world: world.upload_key.pk),
    ),
    "price_lists:as_partial": action(Right.ASSISTANT, 409, args=RUN),
    # Programs: whoever has a key of the source, none of which these roles send (tests/price_lists/sources/test_api.py)
    "price_lists_api:upload": page(Right.ANYONE, 405, args=lambda world: {"source_id": world.run.source_id}),
    "price_lists_api:status": page(
        Right.ANYONE, 401, args=lambda world: {"source_id": world.run.source_id, "run_id": world.run.pk}
    ),
    "price_lists:photos": page(Right.ASSISTANT, args=desk()),
    "price_lists:names": page(Right.ASSISTANT, args=desk()),
    "price_lists:photos_again": action(Right.ASSISTANT, args=desk()),
    "price_lists:still": action(Right.ASSISTANT, args=desk()),
    "price_lists_public:check": form(Right.ANYONE),
    "price_lists_public:still": Row(  # whoever has the signed link of a letter; any other is gone
        Right.ANYONE, args=lambda _: {"token": "x"}, get=frozenset({410}), post=frozenset({410})
    ),
    "price_lists:categories": page(Right.ASSISTANT, args=desk()),
    "price_lists:accept": action(Right.ASSISTANT, args=desk()),
    "price_lists:category": action(
        Right.ASSISTANT, 200, 302, 400, 422, args=desk(link_id=lambda world: world.link.pk)
    ),
    "price_lists:run": page(Right.ASSISTANT, args=RUN),
    "price_lists:progress": page(Right.ASSISTANT, 200, 204, 302, args=RUN),
    "price_lists:columns": action(Right.ASSISTANT, 302, 400, 409, 422, args=RUN),
    "price_lists:guess": action(Right.ASSISTANT, 200, 302, 400, 409, 422, args=RUN),
    "price_lists:apply": action(Right.ASSISTANT, 302, 409, args=RUN),
    "price_lists:cancel": action(Right.ASSISTANT, 302, 409, args=RUN),
    "price_lists:retry": action(Right.ASSISTANT, 302, 409, args=RUN),
    "price_lists:report": page(
        Right.ASSISTANT, args=desk(run_id=lambda world: world.run.pk, kind=lambda _world: "csv")
    ),
    "price_lists:versions": page(Right.ASSISTANT, args=SOURCE),
    "price_lists:compare": Row(  # without two versions it leads to their list
        Right.ASSISTANT, args=SOURCE, get=frozenset({302}), post=frozenset({302})
    ),
    "price_lists:comparison": page(Right.ASSISTANT, 302, args=SOURCE),
    "price_lists:restore": action(Right.ASSISTANT, 302, 409, args=RUN),
    "price_lists:original": page(Right.ASSISTANT, 200, 404, args=RUN),
    "price_lists:reports": Row(Right.ASSISTANT, args=RUN, get=frozenset({200}), post=frozenset({200, 302})),
    "price_lists:report_book": page(
        Right.ASSISTANT, 302, args=desk(run_id=lambda world: world.run.pk, kind=lambda _world: "taken")
    ),
    # A buyer's requests: the buyer's alone, whoever else asks
    "requests:list": page(Right.ANYONE),
    "requests:new": form(Right.SIGNED_IN, 200, 422),
    "requests:from_goods": form(Right.SIGNED_IN, 200),
    "requests:keys": form(Right.SIGNED_IN, 200),
    "requests:key_back": action(Right.SIGNED_IN, 404, args=lambda _: {"key_id": 999_999}),
    "requests:template_use": action(Right.SIGNED_IN, 404, args=lambda _: {"template_id": 999_999}),
    "requests:template_delete": action(Right.SIGNED_IN, 404, args=lambda _: {"template_id": 999_999}),
    # Nobody can join the world's request, and no code is known (tests/buyer_requests/pooling)
    "requests:pools": page(Right.ANYONE),
    "requests:pool": page(Right.ANYONE, 404, args=lambda _: {"code": NOBODY}),
    "requests:pool_leave": action(Right.SIGNED_IN, 404, args=lambda _: {"code": NOBODY}),
    "requests:pool_again": action(Right.SIGNED_IN, 404, args=lambda _: {"code": NOBODY}),
    "requests:pool_decide": action(Right.OWN, 404, args=REQUEST),
    "requests:pool_put_out": action(Right.OWN, 404, args=lambda world: {**REQUEST(world), "member_id": 1}),
    "requests:again": action(Right.OWN, args=REQUEST),
    "requests:template_keep": action(Right.OWN, args=REQUEST),
    # Programs: whoever has a key, none of which these roles send (tests/buyer_requests/test_programs.py)
    "requests_api:create": page(Right.ANYONE, 405),
    "requests_api:near": page(Right.ANYONE, 401, args=lambda world: {**REQUEST(world), "position": 1}),
    "requests_api:status": page(Right.ANYONE, 401, args=REQUEST),
    "requests:detail": page(Right.OWN, args=REQUEST),
    "requests:edit": form(Right.OWN, 200, 302, 409, 422, args=DRAFT),
    "requests:check": page(Right.OWN, args=DRAFT),
    "requests:estimate": page(Right.OWN, args=DRAFT),
    "requests:near": page(Right.OWN, args=lambda world: {**REQUEST(world), "position": 1}),
    "requests:standing": action(Right.OWN, 302, 400, 409, 422, args=REQUEST),
    "requests:publish": action(Right.OWN, 302, 422, args=DRAFT),
    "requests:delete": action(Right.OWN, args=DRAFT),
    "requests:appeal": action(Right.OWN, args=REQUEST),
    "requests:cancel": action(Right.OWN, args=REQUEST),
    "requests:change": form(Right.OWN, 200, 302, 422, args=REQUEST),
    "requests:change_check": page(Right.OWN, 302, args=REQUEST),
    "requests:change_publish": action(Right.OWN, 302, 409, args=REQUEST),
    "requests:change_drop": action(Right.OWN, args=REQUEST),
    "requests:versions": page(Right.OWN, args=REQUEST),
    "requests:deadline": action(Right.OWN, 302, 400, 422, args=REQUEST),
    "requests:propose": action(Right.OWN, args=REQUEST),
    "requests:weigh": action(Right.OWN, 200, args=REQUEST),
    "requests:award": action(Right.OWN, 200, 302, 400, 409, 422, args=REQUEST),
    "requests:answer": action(
        Right.OWN, 404, args=lambda world: {"public_id": world.request.public_id, "question_id": 1}
    ),
    # No auction is here (tests/buyer_requests/auctioning/test_pages.py)
    "requests:auction": page(Right.OWN, 404, args=REQUEST),
    "requests:auction_live": page(Right.OWN, 404, args=REQUEST),
    "requests:auction_log": page(Right.OWN, 404, args=REQUEST),
    "requests:auction_control": action(Right.OWN, 404, args=REQUEST),
    "requests:export": page(Right.OWN, args=REQUEST),
    "requests:limits": action(Right.OWN, 302, args=REQUEST),
    "requests:criteria": action(Right.OWN, 302, args=REQUEST),
    # No bid of the world's is here (tests/buyer_requests/test_bidding_views.py)
    "requests:bid": page(Right.OWN, 404, args=NO_BID),
    "requests:bid_counter": action(Right.OWN, 404, args=NO_BID),
    "requests:counter": action(Right.OWN, 404, args=NO_COUNTER),
    "requests:bid_file": page(Right.OWN, 404, args=NO_FILE),
    # The world's request is not sealed (tests/buyer_requests/sealing)
    "requests:sealed_verify": form(Right.ANYONE, 422),
    "requests:sealed_log": page(Right.OWN, 404, args=REQUEST),
    "requests:sealed_log_file": page(Right.OWN, 404, args=REQUEST),
    "requests:sealed_opened": page(Right.OWN, 404, args=REQUEST),
    # What buyers do, on the desk
    "learning:clicks": page(Right.ASSISTANT, args=desk()),
    "learning:demand": page(Right.ASSISTANT, args=desk()),
    "learning:standing": page(Right.ASSISTANT, args=desk()),
    # Requests on the desk
    "requests_desk:list": page(Right.ASSISTANT, args=desk()),
    "requests_desk:all": page(Right.ASSISTANT, args=desk()),
    "requests_desk:bids": page(Right.ASSISTANT, args=desk()),
    "requests_desk:sealed": page(Right.ASSISTANT, args=desk()),
    "requests_desk:sealed_log": page(
        Right.ASSISTANT, 404, args=desk(public_id=lambda world: world.request.public_id)
    ),
    "requests_desk:sealed_log_file": page(
        Right.ASSISTANT, 404, args=desk(public_id=lambda world: world.request.public_id)
    ),
    "requests_desk:sealed_opened": page(
        Right.ASSISTANT, 404, args=desk(public_id=lambda world: world.request.public_id)
    ),
    "requests_desk:sealed_receipt": page(
        Right.ASSISTANT,
        404,
        args=desk(public_id=lambda world: world.request.public_id, head=lambda _: "0" * 64),
    ),
    "requests_desk:categories": Row(
        Right.ASSISTANT, args=desk(), get=frozenset({200}), post=frozenset({200, 302, 422})
    ),
    "requests_desk:detail": form(
        Right.ASSISTANT, 302, 422, args=desk(public_id=lambda world: world.request.public_id)
    ),
    "requests_desk:near": page(
        Right.ASSISTANT, args=desk(public_id=lambda world: world.request.public_id, position=lambda _: 1)
    ),
    "requests_desk:hearing": form(Right.MANAGER, 422, args=desk()),
    "requests_desk:report": action(
        Right.ASSISTANT, args=desk(public_id=lambda world: world.request.public_id)
    ),
    "requests_desk:rules": page(Right.ASSISTANT, args=desk()),
    "requests_desk:rules_stop": action(Right.ASSISTANT, args=desk()),
    "requests_desk:rule_new": form(Right.MANAGER, 422, args=desk()),
    "requests_desk:rule": form(Right.MANAGER, 422, args=RULE),
    "requests_desk:rule_try": page(Right.MANAGER, args=RULE),
    "requests_desk:rule_switch": action(Right.MANAGER, args=RULE),
    "requests_desk:counter": action(
        Right.ASSISTANT,
        404,
        args=desk(public_id=lambda world: world.request.public_id, counter_id=lambda _world: NOBODY),
    ),
    "requests_desk:attach": action(
        Right.ASSISTANT, args=desk(public_id=lambda world: world.request.public_id)
    ),
    "requests_desk:file": page(
        Right.ASSISTANT,
        404,
        args=desk(public_id=lambda world: world.request.public_id, file_id=lambda _world: NOBODY),
    ),
    "requests_desk:detach": action(
        Right.ASSISTANT,
        404,
        args=desk(public_id=lambda world: world.request.public_id, file_id=lambda _world: NOBODY),
    ),
    **{
        f"requests_desk:auction{part}": page(
            Right.ASSISTANT, 404, args=desk(public_id=lambda world: world.request.public_id)
        )
        for part in ("", "_live", "_log")
    },
    "requests_desk:auction_bid": action(
        Right.ASSISTANT, 404, args=desk(public_id=lambda world: world.request.public_id)
    ),
    "requests_desk:answer_award": action(
        Right.ASSISTANT, 302, 404, 409, args=desk(public_id=lambda world: world.request.public_id)
    ),
    "requests_desk:versions": page(
        Right.ASSISTANT, args=desk(public_id=lambda world: world.request.public_id)
    ),
    "requests_desk:confirm": action(
        Right.ASSISTANT, args=desk(public_id=lambda world: world.request.public_id)
    ),
    "requests_desk:withdraw": action(
        Right.ASSISTANT, 302, 404, 409, args=desk(public_id=lambda world: world.request.public_id)
    ),
    # Nobody could join the world's request (tests/buyer_requests/pooling)
    "requests_desk:pool_fell_away": action(
        Right.ASSISTANT,
        404,
        args=desk(public_id=lambda world: world.request.public_id, part_id=lambda _: 999_999),
    ),
    "requests_desk:pool_withdraw": action(
        Right.ASSISTANT, 302, args=desk(public_id=lambda world: world.request.public_id)
    ),
    "requests_desk:ask": action(
        Right.ASSISTANT, 302, 400, 422, args=desk(public_id=lambda world: world.request.public_id)
    ),
}
