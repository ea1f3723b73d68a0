"""Pages in three languages: fallbacks, links between them, redirects after a move, translations behind."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from cms.models import LandingPage
from cms.selectors.languages import pages_behind
from cms.tasks import publish_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(homes):
    return homes["uk"].add_child(
        instance=LandingPage(title="До школи", slug="school", locale=homes["uk"].locale)
    )


def translated(page, home, **told):
    other = page.copy_for_translation(home.locale)
    for name, value in told.items():
        setattr(other, name, value)
    other.save_revision().publish()
    return other


def test_an_untranslated_page_is_read_in_ukrainian_with_a_word_about_it(client, school):
    page = client.get("/en/school/")
    assert page.status_code == 200
    said = page.content.decode()
    assert "This page is not translated into your language yet" in said
    assert '<html lang="en"' in said
    assert '<div lang="uk">' in said
    assert '<link rel="canonical" href="http://testserver/school/">' in said
    assert 'hreflang="en" href="http://testserver' not in said
    assert "not translated" not in client.get("/school/").content.decode()
    assert client.get("/en/no-such/").status_code == 404


def test_languages_lead_to_each_other_whatever_their_addresses(client, school, homes):
    translated(school, homes["en"], title="Back to school", slug="back-to-school")
    said = client.get("/school/").content.decode()
    assert '<link rel="alternate" hreflang="en" href="http://testserver/en/back-to-school/">' in said
    assert 'href="/en/back-to-school/"' in said
    assert 'href="/ru/school/"' in said
    assert 'href="/school/"' in client.get("/en/back-to-school/").content.decode()
    assert client.get("/en/school/").headers["location"] == "/en/back-to-school/"


@pytest.mark.parametrize("language", ["uk", "en"])
def test_a_page_that_gets_another_address_is_found_by_the_old_one(
    client, school, homes, language, django_capture_on_commit_callbacks
):
    page, prefix = school, ""
    if language == "en":
        page, prefix = translated(school, homes["en"], title="School", slug="english-school"), "/en"
    old = f"{prefix}/{page.slug}/"
    page.slug = "autumn"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    answer = client.get(old)
    assert (answer.status_code, answer.headers["location"]) == (301, f"{prefix}/autumn/")


def test_a_page_that_is_moved_is_found_with_all_below_it(client, school, homes):
    below = school.add_child(instance=LandingPage(title="Зошити", slug="notes", locale=school.locale))
    season = homes["uk"].add_child(instance=LandingPage(title="Сезон", slug="season", locale=school.locale))
    Page.objects.get(pk=school.pk).specific.move(season, pos="last-child")
    assert client.get("/school/").headers["location"] == "/season/school/"
    assert client.get("/school/notes/").headers["location"] == "/season/school/notes/"
    assert below.title == "Зошити"


def test_no_address_redirects_to_another_site(client, school):
    Redirect.objects.create(old_path="/old", redirect_page=school)
    for path in ("//evil.example/", "/old/?next=//evil.example", "/%2F%2Fevil.example/", "/\\evil.example/",
                 "/en//evil.example/", "/help/?next=https://evil.example"):  # fmt: skip
        answer = client.get(path)
        assert "evil.example" not in answer.headers.get("location", "").split("?")[0] or answer.headers[
            "location"
        ].startswith("/%2F")


def test_what_is_not_translated_and_what_is_older_is_told(client, school, homes, operator):
    english = translated(school, homes["en"], title="School")
    [behind] = [each for each in pages_behind() if each.page.pk == school.pk]
    assert (behind.missing, behind.stale) == (("ru",), ())
    Page.objects.filter(pk=school.pk).update(last_published_at=timezone.now() + dt.timedelta(minutes=1))
    [behind] = [each for each in pages_behind() if each.page.pk == school.pk]
    assert [page.pk for page in behind.stale] == [english.pk]
    said = client.get(reverse("operators_pages_to_mend")).content.decode()
    assert "Older than the Ukrainian page" in said
    assert "School (en)" in said


def test_pages_come_and_go_at_their_times(client, school):
    school.go_live_at = timezone.now() + dt.timedelta(hours=1)
    school.unpublish()
    school.save_revision().publish()
    publish_due.run()
    assert client.get("/school/").status_code == 404
    revision = school.latest_revision
    due = timezone.now() - dt.timedelta(minutes=1)
    revision.content["go_live_at"] = due.isoformat()
    revision.approved_go_live_at = due
    revision.save()
    publish_due.run()
    assert client.get("/school/").status_code == 200
    LandingPage.objects.update(expire_at=due)
    publish_due.run()
    assert client.get("/school/").status_code == 404
