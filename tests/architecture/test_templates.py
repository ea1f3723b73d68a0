"""Links and inclusions in templates point to the same or a lower room, or come through a named slot."""

import re

from django.conf import settings
from django.urls import get_resolver

from tests.architecture.test_models import HEIGHTS
from tests.parts import ROOT

#: Frame around all rooms' pages: belongs to the composition root, wherever the file lies.
FRAME = {"base.html", "desk_base.html", "404.html", "403.html", "500.html"}
FRAME_FOLDERS = {
    "components",
    "errors",
    "cotton",
    "django",
    "allauth",
    "account",
    "mfa",
    "wagtailadmin",
    "layouts",
}
#: URL namespaces that are not called like their room.
NAMESPACES = {
    "requests": "buyer_requests",
    "requests_desk": "buyer_requests",
    "requests_api": "buyer_requests",
    "reviews_desk": "reviews",
    "desk": "vendors",
    "jobs": "core",
    "price_lists_api": "price_lists",
    "price_lists_public": "price_lists",
    "watching": "search",
    "learning": "storefront",
    "webhooks": "api",
    "webhooks_desk": "api",
}

URL = re.compile(r"""\{%\s*url\s+["']([\w-]+):""")
INCLUDE = re.compile(r"""\{%\s*(?:include|extends)\s+["']([^"']+)["']""")


def templates():
    """(file, room) of each template of ours that belongs to a room."""
    for path in sorted([*(ROOT / "templates").rglob("*.html"), *ROOT.glob("*/templates/**/*.html")]):
        parts = path.relative_to(ROOT).parts
        name = parts[parts.index("templates") + 1 :]
        room = room_of_template("/".join(name))
        if room is not None:
            yield path, room


def room_of_template(name):
    folder, _, _rest = name.partition("/")
    if name in FRAME or folder in FRAME_FOLDERS:
        return None
    folder = NAMESPACES.get(folder, folder)
    return folder if folder in HEIGHTS else None


def test_templates_point_downwards():
    upward = []
    for path, room in templates():
        text = path.read_text()
        targets = [NAMESPACES.get(namespace, namespace) for namespace in URL.findall(text)]
        targets += [target for name in INCLUDE.findall(text) if (target := room_of_template(name))]
        upward += [
            f"{path.relative_to(ROOT)} ({room}) -> {target}"
            for target in targets
            if target in HEIGHTS and target != room and HEIGHTS[target] >= HEIGHTS[room]
        ]
    assert upward == []


def test_named_places_exist():
    names = {view for namespace in get_resolver().namespace_dict.items() for view in _views(*namespace)}
    assert set(settings.PLACES.values()) - names == set()


def _views(namespace, entry):
    _prefix, resolver = entry
    return {f"{namespace}:{name}" for name in resolver.reverse_dict if isinstance(name, str)}


def test_every_namespace_belongs_to_a_room():
    ours = {
        NAMESPACES.get(namespace, namespace)
        for namespace in get_resolver().namespace_dict
        if not namespace.startswith("wagtail")
    }
    known = set(HEIGHTS) | {"djdt"}
    assert {namespace for namespace in ours if namespace not in known and _is_ours(namespace)} == set()


def _is_ours(namespace):
    pattern = get_resolver().namespace_dict[namespace][1].urlconf_name
    module = getattr(pattern, "__name__", "")
    return module.partition(".")[0] in HEIGHTS
