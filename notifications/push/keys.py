"""The site's own key, made when it is first asked for and kept sealed; and the signature that push services ask for."""

from __future__ import annotations

import base64
import time
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.cache import cache

from core import sealing
from notifications.push.models import PushKey

_PURPOSE: Final = "notifications.push"
_ROW: Final = 1
#: Services refuse tokens of more than a day.
_TOKEN_SECONDS: Final = 12 * 3600
_CACHED: Final = "notifications.push.public"


def public_key() -> str:
    """As browsers take it: an uncompressed point in base64url without padding."""
    known: str | None = cache.get(_CACHED)
    if known is None:
        known = _key().public
        cache.set(_CACHED, known, 300)
    return known


def _key() -> PushKey:
    key = PushKey.objects.filter(pk=_ROW).first()
    if key is None:
        made = ec.generate_private_key(ec.SECP256R1())
        number = made.private_numbers().private_value.to_bytes(32, "big")
        point = made.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        # Of two processes that make the first key at once the one that wrote it counts.
        key, _is_new = PushKey.objects.get_or_create(
            pk=_ROW,
            defaults={"public": _plain(point), "private": sealing.seal(_plain(number), purpose=_PURPOSE)},
        )
    return key


def headers(address: str) -> dict[str, str]:
    """Who sends, for the push service at `address`. Raises SealBroken."""
    from py_vapid import Vapid02  # with what it brings it takes a moment that only workers have

    private = sealing.unseal(_key().private, purpose=_PURPOSE)
    parts = urlsplit(address)
    signed: dict[str, str] = Vapid02.from_raw(private.encode()).sign(
        {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "sub": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
            "exp": int(time.time()) + _TOKEN_SECONDS,
        }
    )
    return signed


def _plain(number: bytes) -> str:
    return base64.urlsafe_b64encode(number).rstrip(b"=").decode()
