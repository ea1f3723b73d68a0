"""Which addresses may be asked: rules about links as written, and about the number that is really connected to."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import idna
from django.conf import settings

from core.outgoing.errors import AddressRefused

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_LONGEST: Final = 2_000
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
#: All that the C library would take for a number: 2130706433, 0x7f.1, 0177.0.0.1, 127.1.
_NUMERIC: Final = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)(?:\.(?:0[xX][0-9a-fA-F]*|[0-9]+))*")
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f\\]")
_NAME: Final = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
#: Networks of IPv6 that carry an IPv4 address in their last, or second and third, four figures.
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")
#: Never asked: local NAT64, Teredo, benchmarks of IPv6, and a cloud's own service at a public address.
_NEVER: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        "64:ff9b:1::/48",
        "2001::/23",
        "2001:db8::/32",
        "5f00::/16",
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
    )
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What an installation allows. `networks` are asked although they are private."""

    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})
    networks: tuple[IPNetwork, ...] = ()

    @classmethod
    def of_settings(cls) -> Policy:
        return cls(frozenset(settings.OUTGOING_PORTS), tuple(settings.OUTGOING_NETWORKS))

    def allows(self, address: IPAddress) -> bool:
        if is_public(address):
            return True
        plain = embedded(address) or address
        return any(
            each.version == network.version and each in network
            for each in (address, plain)
            for network in self.networks
        )


@dataclass(frozen=True, slots=True)
class Target:
    """A link that may be asked, as far as its writing tells. `host` is in ASCII, without a dot at its end."""

    url: str
    scheme: str
    host: str
    port: int
    numeric: IPAddress | None = field(default=None)

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


def check_url(url: str, policy: Policy | None = None) -> Target:
    """The parts of a link. Raises AddressRefused for what may not be asked whatever it resolves to."""
    policy = policy or Policy.of_settings()
    url = url.strip()
    if not url or len(url) > _LONGEST or _CONTROL.search(url):
        raise AddressRefused("bad_url", url=url[:80])
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("bad_url", url=url[:80]) from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise AddressRefused(
            "scheme" if parts.scheme and "://" in url else "bad_url", scheme=parts.scheme, url=url[:80]
        )
    if "@" in parts.netloc:
        raise AddressRefused("userinfo")
    if not parts.hostname:
        raise AddressRefused("bad_url", url=url[:80])
    host, numeric = _plain_host(parts.hostname)
    port = port if port is not None else _DEFAULT_PORTS[parts.scheme]
    if port not in policy.ports:
        raise AddressRefused("port", port=port)
    if numeric is not None and not policy.allows(numeric):
        raise AddressRefused("private_address", host=host)
    shown = f"[{host}]" if isinstance(numeric, ipaddress.IPv6Address) else host
    netloc = shown if port == _DEFAULT_PORTS[parts.scheme] else f"{shown}:{port}"
    return Target(parts._replace(netloc=netloc, fragment="").geturl(), parts.scheme, host, port, numeric)


def is_public(address: IPAddress) -> bool:
    """Whether everybody on the Internet may reach it; an IPv4 address inside an IPv6 one counts as itself."""
    inner = embedded(address)
    if inner is not None:
        return is_public(inner)
    if any(address.version == network.version and address in network for network in _NEVER):
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address.is_site_local or address in _COMPATIBLE):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    )


def embedded(address: IPAddress) -> IPAddress | None:
    """The IPv4 address that an IPv6 one stands for: mapped, NAT64, 6to4."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour


def _plain_host(written: str) -> tuple[str, IPAddress | None]:
    """The host in ASCII, and its address where it is one. Full-width figures and dots are folded before the look."""
    if ":" in written:
        try:
            return written, ipaddress.IPv6Address(written.partition("%")[0])
        except ValueError as error:
            raise AddressRefused("odd_host", host=written[:80]) from error
    host = written
    if not host.isascii():
        try:
            host = idna.encode(written, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise AddressRefused("odd_host", host=written[:80]) from error
    host = host.lower().removesuffix(".")
    if _NUMERIC.fullmatch(host):
        try:
            return host, ipaddress.IPv4Address(host)  # four plain figures and nothing else
        except ValueError as error:
            raise AddressRefused("odd_host", host=written[:80]) from error
    if not _NAME.fullmatch(host) or not _is_readable(host):
        raise AddressRefused("odd_host", host=written[:80])
    return host, None


def _is_readable(host: str) -> bool:
    """Whether the parts written as xn--… stand for letters. Clients read them on their way and fall over others."""
    try:
        for label in host.split("."):
            if label.startswith("xn--"):
                idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return False
    return True
