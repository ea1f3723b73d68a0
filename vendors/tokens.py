"""Signed links of invitations: they name an invitation and cannot be made up."""

from __future__ import annotations

from django.core import signing

from vendors.errors import InvitationInvalid

_SALT = "vendors.invitation"


def token_for(invitation_id: int) -> str:
    return signing.dumps(invitation_id, salt=_SALT)


def invitation_id_of(token: str) -> int:
    """Raises InvitationInvalid for a token that this site did not sign. Age and use are in the row."""
    try:
        value = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        raise InvitationInvalid("invitation_invalid") from None
    if not isinstance(value, int):
        raise InvitationInvalid("invitation_invalid")
    return value
