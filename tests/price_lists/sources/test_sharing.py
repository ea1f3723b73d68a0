"""Share links and the links under which their files come."""

import pytest

from price_lists.sources.sharing import direct_link

ID = "1AbC_dEf-GhIjKlMnOpQrStUv"


@pytest.mark.parametrize(
    ("shared", "direct"),
    [
        (f"https://docs.google.com/spreadsheets/d/{ID}/edit?usp=sharing#gid=0", f"https://docs.google.com/spreadsheets/d/{ID}/export?format=xlsx"),
        (f"https://docs.google.com/spreadsheets/u/1/d/{ID}/edit", f"https://docs.google.com/spreadsheets/d/{ID}/export?format=xlsx"),
        (f"https://docs.google.com/spreadsheets/d/{ID}", f"https://docs.google.com/spreadsheets/d/{ID}/export?format=xlsx"),
        (f"https://docs.google.com/spreadsheets/d/{ID}/export?format=csv&gid=7", None),
        (f"https://docs.google.com/spreadsheets/d/e/{ID}/pubhtml", f"https://docs.google.com/spreadsheets/d/e/{ID}/pub?output=xlsx"),
        (f"https://docs.google.com/spreadsheets/d/e/{ID}/pub?output=csv", None),
        (f"https://drive.google.com/file/d/{ID}/view?usp=drive_link", f"https://drive.usercontent.google.com/download?id={ID}&export=download&confirm=t"),
        (f"https://drive.google.com/open?id={ID}", f"https://drive.usercontent.google.com/download?id={ID}&export=download&confirm=t"),
        (f"https://drive.google.com/uc?export=download&id={ID}", f"https://drive.usercontent.google.com/download?id={ID}&export=download&confirm=t"),
        (f"https://drive.google.com/drive/folders/{ID}", None),
        ("https://www.dropbox.com/s/abc/list.xlsx?dl=0", "https://www.dropbox.com/s/abc/list.xlsx?dl=1"),
        ("https://dropbox.com/scl/fi/abc/list.xlsx?rlkey=k1&st=2&dl=0", "https://www.dropbox.com/scl/fi/abc/list.xlsx?rlkey=k1&st=2&dl=1"),
        ("https://www.dropbox.com/home", None),
        ("https://docs.google.com.evil.example/spreadsheets/d/abcdefghijkl/edit", None),
        ("https://shop.example/feed.xml?id=1", None),
        ("http://[x", None),
    ],
)  # fmt: skip
def test_share_links(shared, direct):
    assert direct_link(shared) == (direct or shared)
