"""Long work on the operators' desk: seen, stopped, tried again; by operators alone."""

import pytest
from django.urls import reverse

from accounts.models import User
from cms.services import ensure_operators_group
from core.jobs import services
from core.models import Job, JobState

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True, language="en")
    user.groups.add(ensure_operators_group())
    client.force_login(user)
    return user


@pytest.fixture
def job():
    return services.start_job(kind="price_lists.categories", task="t", queue="imports", total=10)


def page(job):
    return reverse("operators_job", args=[job.pk])


def test_the_list_shows_what_needs_an_eye_first(client, operator, job):
    done = services.start_job(kind="search.rebuild", task="t")
    Job.objects.filter(pk=done.pk).update(state=JobState.DONE)
    running = services.start_job(kind="unheard.of", task="t")
    Job.objects.filter(pk=running.pk).update(state=JobState.RUNNING)
    response = client.get(reverse("operators_jobs:index"))
    assert [row.pk for row in response.context["object_list"]] == [running.pk, job.pk, done.pk]
    text = response.content.decode()
    assert page(job) in text
    assert "unheard.of" in text
    assert client.get(reverse("operators_jobs:add")).status_code == 302
    filtered = client.get(reverse("operators_jobs:index"), {"kind": "search.rebuild"})
    assert [row.pk for row in filtered.context["object_list"]] == [done.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_three_as_for_one(client, operator, django_assert_max_num_queries, count):
    for _ in range(count):
        services.start_job(kind="search.rebuild", task="t")
    client.get(reverse("operators_jobs:index"))
    with django_assert_max_num_queries(16) as asked:
        client.get(reverse("operators_jobs:index"))
    assert (
        sum("core_job" in query["sql"] and "COUNT" not in query["sql"] for query in asked.captured_queries)
        == 1
    )


def test_a_job_is_stopped_and_tried_again(client, operator, job):
    assert 'value="cancel"' in client.get(page(job)).content.decode()
    client.post(page(job), {"decision": "cancel"})
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    text = client.get(page(job)).content.decode()
    assert 'value="retry"' in text
    assert 'value="cancel"' not in text
    client.post(page(job), {"decision": "retry"})
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.WAITING, 0)


def test_what_cannot_be_tried_again_is_said(client, operator, job):
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    response = client.post(page(job), {"decision": "retry"}, follow=True)
    assert len(list(response.context["messages"])) == 1
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_others_may_neither_see_nor_stop(client, job):
    plain = User.objects.create_user("staff@example.com", "a-long-password", is_staff=True)
    for user in (None, User.objects.create_user("buyer@example.com", "a-long-password"), plain):
        client.logout()
        if user is not None:
            client.force_login(user)
        assert client.get(page(job)).status_code in {302, 403}
        assert client.post(page(job), {"decision": "cancel"}).status_code in {302, 403}
    job.refresh_from_db()
    assert job.state == JobState.WAITING
