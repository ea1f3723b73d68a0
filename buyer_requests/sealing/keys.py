"""Keys of sealed requests, made per request from a secret of the settings, and what is encrypted with them.

Nothing here touches the database. A server that has the secret can read: docs/sealed.md says so.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from buyer_requests.sealing.errors import BidUnreadable

#: Blobs are filled up to whole blocks, so that their length does not tell how many lines a bid has.
BLOCK: Final = 4096
_NONCE: Final = 12


def secrets_known() -> dict[str, bytes]:
    """{id: secret}, the newest first. Without secrets of their own they are those that sign sessions."""
    told: list[str] = list(settings.SEALING_SECRETS)
    told = told or [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return {_derived(each.encode(), b"", "id", 8).hex(): each.encode() for each in told}


def newest_key_id() -> str:
    return next(iter(secrets_known()))


class RequestKeys:
    """The keys of one request. Raises BidUnreadable where its secret is no longer in the settings."""

    def __init__(self, key_id: str, salt: str) -> None:
        secret = secrets_known().get(key_id)
        if secret is None:
            raise BidUnreadable("secret_gone")
        made_of = bytes.fromhex(salt)
        self._cipher = AESGCM(_derived(secret, made_of, "bids", 32))
        self._names = _derived(secret, made_of, "bidders", 32)

    def bidder(self, vendor_id: int) -> str:
        """The vendor's pseudonym in this request."""
        return hmac.new(self._names, f"vendor:{vendor_id}".encode(), hashlib.sha256).hexdigest()[:32]

    def token(self, text: str) -> str:
        """A key against double messages that tells nothing."""
        return hmac.new(self._names, f"token:{text}".encode(), hashlib.sha256).hexdigest()[:32]

    def lock(self, content: bytes, *, place: str) -> bytes:
        """Encrypted and bound to its place: elsewhere it cannot be read."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, _padded(content), place.encode())

    def unlock(self, stored: bytes, *, place: str) -> bytes:
        """Raises BidUnreadable."""
        try:
            return _unpadded(self._cipher.decrypt(stored[:_NONCE], stored[_NONCE:], place.encode()))
        except (InvalidTag, ValueError) as error:
            raise BidUnreadable("damaged") from error


def _derived(secret: bytes, salt: bytes, purpose: str, length: int) -> bytes:
    made = HKDF(algorithm=SHA256(), length=length, salt=salt or None, info=f"ryad.sealed:{purpose}".encode())
    return made.derive(secret)


def _padded(content: bytes) -> bytes:
    whole = len(content).to_bytes(8, "big") + content
    return whole + bytes(-len(whole) % BLOCK)


def _unpadded(whole: bytes) -> bytes:
    length = int.from_bytes(whole[:8], "big")
    if length > len(whole) - 8:
        raise ValueError("shorter than it says")
    return whole[8 : 8 + length]
