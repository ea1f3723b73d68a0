"""The progress page and its fragment: whose they are, when they stop asking, how to stop the work."""

import pytest
from django.contrib.auth.models import Permission

from core.jobs import services
from core.models import AuditEntry, JobState
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return UserFactory()


@pytest.fixture
def job(owner):
    return services.start_job(kind="price_lists.import", task="t", owner=f"user:{owner.pk}", total=10)


def test_the_page_reloads_itself_without_scripts_and_the_fragment_asks_again(job, owner, sign_in):
    client = sign_in(owner)
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert f'hx-get="/jobs/{job.pk}/"' in page
    fragment = client.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    assert "HX-Refresh" not in fragment


def test_once_it_is_over_the_surrounding_page_is_reloaded(job, owner, sign_in):
    services.request_cancel(job=job)
    client = sign_in(owner)
    fragment = client.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"})
    assert fragment["HX-Refresh"] == "true"
    assert "hx-get" not in fragment.content.decode()
    assert 'http-equiv="refresh"' not in client.get(f"/jobs/{job.pk}/").content.decode()


def test_others_see_nothing_and_change_nothing(job, sign_in):
    stranger = sign_in(UserFactory())
    assert stranger.get(f"/jobs/{job.pk}/").status_code == 404
    assert stranger.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    job.refresh_from_db()
    assert job.state == JobState.WAITING


def test_who_is_not_signed_in_is_asked_to(job, client):
    response = client.get(f"/jobs/{job.pk}/")
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next=/jobs/{job.pk}/")
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.WAITING


@pytest.mark.parametrize(
    ("rights", "looks", "stops"),
    [((), 404, 404), (("view_job",), 200, 403), (("view_job", "change_job"), 200, 302)],
)
def test_to_see_and_to_stop_anothers_work_are_rights_and_leave_a_trace(job, sign_in, rights, looks, stops):
    operator = UserFactory(is_staff=True)
    operator.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = sign_in(operator)
    page = client.get(f"/jobs/{job.pk}/")
    assert page.status_code == looks
    assert (f"/jobs/{job.pk}/cancel/" in page.content.decode()) is (stops == 302)
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == stops
    job.refresh_from_db()
    assert job.state == (JobState.CANCELLED if stops == 302 else JobState.WAITING)
    traced = list(AuditEntry.objects.values_list("actor", "subject"))
    assert traced == ([(operator.typed_id, f"job:{job.pk}")] if stops == 302 else [])


def test_the_owner_stops_the_work(job, owner, sign_in):
    response = sign_in(owner).post(f"/jobs/{job.pk}/cancel/")
    assert (response.status_code, response["Location"]) == (302, f"/jobs/{job.pk}/")
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert sign_in(owner).get(f"/jobs/{job.pk}/cancel/").status_code == 405
