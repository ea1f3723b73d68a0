"""Asking addresses that somebody else names: feeds, photos, webhooks, browsers' push services. Nothing outside this package opens a connection
to such an address.

    from core import outgoing
    with tempfile.TemporaryFile() as file:
        answer = outgoing.download("https://shop.example/feed.xml", to=file)
    reply = outgoing.post("https://shop.example/hook", body=b"{}", headers={})   # follows no redirect

What is guarded: only http and https at usual ports; the address really connected to is public, at each hop; at most
three redirects; a limit for the whole time and for the bytes, also unpacked; credentials stay with the host they were
given for; no proxy and no password file of this machine is used. `settings.OUTGOING_NETWORKS` and `OUTGOING_PORTS` open
an installation's own network.
"""

from core.outgoing.addresses import Policy, check_url, is_public
from core.outgoing.download import Answer, Limits, download
from core.outgoing.errors import (
    AddressRefused,
    AnswerRefused,
    AnswerTooBig,
    HostSilent,
    OutgoingError,
    RedirectRefused,
    StatusRefused,
    TookTooLong,
)
from core.outgoing.posting import Reply, check_host, post

__all__ = [
    "AddressRefused",
    "Answer",
    "AnswerRefused",
    "AnswerTooBig",
    "HostSilent",
    "Limits",
    "OutgoingError",
    "Policy",
    "RedirectRefused",
    "Reply",
    "StatusRefused",
    "TookTooLong",
    "check_host",
    "check_url",
    "download",
    "is_public",
    "post",
]
