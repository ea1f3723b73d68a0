"""Keys with which a buyer's programs send lists, and drafts that come once for an idempotency key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from buyer_requests.drafting.models import KeyedDraft, RequestKey
from buyer_requests.models import BuyerRequest
from core.errors import Conflict, NotFound
from core.program_keys import hash_of, new_secret

#: What a key begins with, so that one left lying about is recognised.
KEY_MARK: Final = "ryad_rq_"
MOST_KEYS: Final = 5


class OtherList(Conflict):
    message = _("This idempotency key was used for another list. Send a new list under a new key.")


def keys_of(owner: User) -> list[RequestKey]:
    return list(RequestKey.objects.filter(owner=owner, revoked_at=None))


@transaction.atomic
def give_key(*, owner: User) -> tuple[RequestKey, str]:
    """A new key and its secret, which is kept nowhere. Raises Conflict where there are enough."""
    if RequestKey.objects.filter(owner=owner, revoked_at=None).count() >= MOST_KEYS:
        raise Conflict(
            "too_many_keys", _("There are %(number)s keys already. Take one back first."), number=MOST_KEYS
        )
    new = new_secret(KEY_MARK)
    return RequestKey.objects.create(owner=owner, hash=new.hash, beginning=new.beginning), new.secret


def take_key_back(*, owner: User, key_id: int) -> None:
    """Raises NotFound."""
    if not RequestKey.objects.filter(owner=owner, pk=key_id, revoked_at=None).update(
        revoked_at=timezone.now()
    ):
        raise NotFound("unknown_key")


def owner_of_key(secret: str) -> User | None:
    """The person whose key this is; None for a wrong or revoked one, and for a closed account."""
    key = RequestKey.objects.select_related("owner").filter(hash=hash_of(secret), revoked_at=None).first()
    if key is None or not key.owner.is_active:
        return None
    key.note_use()
    return key.owner


def once(*, owner: User, key: str, sent: Any, make: Callable[[], BuyerRequest]) -> tuple[BuyerRequest, bool]:
    """What `make` gives and whether it was made now. With a key, the same list gives the same draft, however often and
    however close together it is sent. Raises OtherList where the key stands for another list.
    """
    if not key:
        return make(), True
    digest = hashlib.sha256(json.dumps(sent, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    held = _held(owner, key)
    if held is None:
        try:
            with transaction.atomic():
                request = make()
                KeyedDraft.objects.create(owner=owner, key=key, digest=digest, request=request)
        except IntegrityError:  # the same key came in between: its draft counts, ours is rolled back
            held = _held(owner, key)
            if held is None:
                raise
        else:
            return request, True
    if held.digest != digest:
        raise OtherList("other_list", field="Idempotency-Key", value=key)
    return held.request, False


def _held(owner: User, key: str) -> KeyedDraft | None:
    return KeyedDraft.objects.select_related("request").filter(owner=owner, key=key).first()
