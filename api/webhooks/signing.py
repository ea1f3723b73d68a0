"""Secrets and signatures after the Standard Webhooks specification (version 1, HMAC-SHA256)."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from typing import Final

from standardwebhooks import Webhook

from api.webhooks.models import WebhookEndpoint
from core import sealing

_PURPOSE: Final = "api.webhook"
_BYTES: Final = 32


def new_secret() -> str:
    """256 bits of chance, as libraries of the specification take them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def sealed(secret: str) -> str:
    return sealing.seal(secret, purpose=_PURPOSE)


def headers(endpoint: WebhookEndpoint, *, message_id: str, body: str, now: dt.datetime) -> dict[str, str]:
    """Id, time and signature, while a secret is being changed both. Raises SealBroken."""
    kept = [endpoint.secret]
    if endpoint.old_secret and endpoint.old_until is not None and endpoint.old_until > now:
        kept.append(endpoint.old_secret)
    moment = now.astimezone(dt.UTC)
    signatures = [
        Webhook(sealing.unseal(each, purpose=_PURPOSE)).sign(message_id, moment, body) for each in kept
    ]
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
