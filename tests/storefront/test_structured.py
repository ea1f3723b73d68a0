"""What machines read: complete, and closed to whatever a vendor writes."""

from __future__ import annotations

import json

from storefront import structured

EVIL = '</script><script>alert(1)</script><!-- & \u2028 \ud800 "'


def test_no_text_leaves_its_data_block():
    written = structured.as_script({"@type": "Product", "name": EVIL})
    assert written.count("<") == 2
    assert written.startswith('<script type="application/ld+json">{')
    inside = written.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set(inside) & set("<>&\u2028\u2029")
    assert json.loads(inside)["name"] == EVIL.replace("\ud800", "?")
    assert json.loads(inside)["@context"] == "https://schema.org"


def test_the_way_and_the_list_are_numbered():
    way = structured.breadcrumbs([("All", "https://a/"), ("Here", "")])
    assert [(step["position"], step["name"], step.get("item")) for step in way["itemListElement"]] == [
        (1, "All", "https://a/"),
        (2, "Here", None),
    ]
    assert structured.breadcrumbs([]) is None
    assert structured.item_list([]) is None
    assert structured.item_list(["https://a/1"])["itemListElement"] == [
        {"@type": "ListItem", "position": 1, "url": "https://a/1"}
    ]
