"""Short secrets of others (a password for a link) as they are kept: sealed with a key made from SECRET_KEY.

Whoever has the database alone cannot read them. After a change of SECRET_KEY those sealed before are read as long as
the old key stands in SECRET_KEY_FALLBACKS.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from core.errors import Unavailable


class SealBroken(Unavailable):
    """Sealed with a key that this installation no longer has."""


def seal(text: str, *, purpose: str) -> str:
    """`text` as it may be stored. What is sealed for one purpose cannot be opened for another."""
    return _keys(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Raises SealBroken."""
    try:
        return _keys(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken("seal_broken") from error


def _keys(purpose: str) -> MultiFernet:
    secrets: list[str] = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])


def _key(secret: str, purpose: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"ryad.sealing:{purpose}".encode())
    return base64.urlsafe_b64encode(made.derive(secret.encode()))
