"""The finder of npm packages: its list and nothing else."""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from core import icons, staticfiles


@pytest.fixture
def packages(tmp_path, settings):
    settings.NODE_MODULES = tmp_path / "node_modules"
    settings.VAR = tmp_path / "var"
    settings.SERVESTATIC_USE_FINDERS = False
    for source in staticfiles.FILES.values():
        path = settings.NODE_MODULES / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    (settings.NODE_MODULES / "htmx.org/dist/htmx.js").write_text("not listed")
    folder = settings.NODE_MODULES / staticfiles.DRAWINGS
    folder.mkdir(parents=True)
    for name in icons.ICONS:
        (folder / f"{name}.svg").write_text(f'<svg\n width="24"\n>\n  <path d="{name}" />\n</svg>')
    return settings.NODE_MODULES


def test_only_listed_files_are_found(packages):
    finder = staticfiles.NodeModulesFinder()
    listed = {path for path, _storage in finder.list([])}
    assert listed == {*staticfiles.FILES, "icons.svg"}
    assert finder.find("vendor/htmx/htmx.min.js").endswith("static_build/vendor/htmx/htmx.min.js")
    for path in ("vendor/htmx/htmx.js", "htmx.org/dist/htmx.js", "../package.json", "vendor/../../x"):
        assert finder.find(path) == []
        assert finder.find(path, find_all=True) == []


def test_the_sprite_has_each_icon_once_and_follows_the_list(packages, settings):
    finder = staticfiles.NodeModulesFinder()
    sprite = Path(finder.find("icons.svg")).read_text()
    assert sprite.count("<symbol ") == len(icons.ICONS)
    assert '<symbol id="search" viewBox="0 0 24 24"><path d="search" /></symbol>' in sprite


def test_what_is_served_without_collecting_is_compressed(packages, settings):
    settings.SERVESTATIC_USE_FINDERS = True
    finder = staticfiles.NodeModulesFinder()
    listed = {path for path, _storage in finder.list([])}
    assert {path for path in listed if path.endswith(".gz")} == {
        "icons.svg.gz",
        "vendor/bootstrap/bootstrap.min.css.gz",
        "vendor/chart.js/chart.umd.min.js.gz",
        "vendor/htmx/htmx.min.js.gz",
    }
    assert gzip.decompress(Path(finder.find("vendor/htmx/htmx.min.js.gz")).read_bytes()) == (
        b"htmx.org/dist/htmx.min.js"
    )


def test_a_new_version_of_a_package_replaces_the_copy(packages):
    staticfiles.NodeModulesFinder().find("icons.svg")
    (packages / "htmx.org/dist/htmx.min.js").write_text("a newer version")
    found = staticfiles.NodeModulesFinder().find("vendor/htmx/htmx.min.js")
    assert Path(found).read_text() == "a newer version"


def test_missing_packages_are_a_warning_not_a_crash(tmp_path, settings):
    settings.NODE_MODULES, settings.VAR = tmp_path / "none", tmp_path / "var"
    finder = staticfiles.NodeModulesFinder()
    assert list(finder.list([])) == []
    assert [message.hint for message in finder.check()] == ["Run `make install`."]


def test_what_the_pages_name_is_served_by_the_site(settings):
    if not Path(settings.NODE_MODULES).exists():
        pytest.skip("front-end packages are not installed: run `make install`")
    for path in (
        *staticfiles.FILES,
        "icons.svg",
        "css/ryad.css",
        "js/ryad.js",
        "js/theme.js",
        "img/logo.svg",
    ):
        assert finders.find(path), path
