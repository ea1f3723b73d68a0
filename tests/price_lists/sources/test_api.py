"""Programs that send price lists with a key."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.models import Offer
from price_lists.enums import RunState
from price_lists.models import ImportRun, UploadKey
from price_lists.services.imports import _advance_here
from price_lists.services.uploads import open_source
from price_lists.sources import registering
from tests.factories.price_lists import goods, write_list
from tests.factories.vendors import MembershipFactory
from vendors.enums import VendorState


@pytest.fixture
def source(vendor):
    return open_source(vendor=vendor, name="main")


@pytest.fixture
def secret(source, vendor):
    return registering.give_key(source=source, user=MembershipFactory(vendor=vendor).user)[1]


@pytest.fixture
def program():
    """Without cookies, and with the check against forged requests on."""
    return Client(enforce_csrf_checks=True)


def send(program, source, secret, content, name="list.csv"):
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    data = {} if content is None else {"file": SimpleUploadedFile(name, content)}
    return program.post(f"/desk-api/price-lists/{source.pk}/", data, headers=headers)


def test_a_file_is_sent_and_its_import_followed(program, source, secret, tmp_path):
    content = write_list(tmp_path / "a.csv", goods(3)).read_bytes()
    answer = send(program, source, secret, content)
    assert answer.status_code == 202
    said = answer.json()
    run = ImportRun.objects.get()
    assert (said["run"], said["state"], said["moves"], said["is_new"]) == (run.pk, "uploaded", True, True)
    assert said["url"] == f"http://testserver/desk/{run.vendor.slug}/price-lists/{run.pk}/"
    assert (run.auto_apply, run.started_by.memberships.get().vendor_id) == (True, source.vendor_id)
    _advance_here(run)
    later = program.get(said["status_url"], headers={"Authorization": f"Bearer {secret}"})
    assert later.status_code == 200
    assert later.json()["state"] == "applied"
    assert later.json()["counts"]["new"] == 3
    assert Offer.objects.count() == 3
    again = send(program, source, secret, content)
    assert (again.status_code, again.json()["run"], again.json()["is_new"]) == (200, run.pk, False)
    assert "no-store" in again["Cache-Control"]
    key = UploadKey.objects.get()
    assert key.used_at is not None
    assert secret not in (key.hash, key.beginning)
    assert "sessionid" not in answer.cookies


def test_wrong_foreign_and_revoked_keys_are_all_the_same(program, source, secret, vendor, tmp_path):
    content = write_list(tmp_path / "a.csv", goods(3)).read_bytes()
    other = open_source(vendor=vendor, name="other")
    answers = [send(program, source, each, content) for each in ("", "wrong", "ryad_up_" + "x" * 43)]
    answers.append(send(program, other, secret, content))
    answers.append(
        program.get(
            f"/desk-api/price-lists/{other.pk}/runs/1/", headers={"Authorization": f"Bearer {secret}"}
        )
    )
    registering.take_key_back(source=source, key_id=UploadKey.objects.get().pk)
    answers.append(send(program, source, secret, content))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    error = answers[0].json()["error"]
    assert (error["code"], bool(error["remedy"])) == ("no_key", True)
    assert answers[0]["WWW-Authenticate"].startswith("Bearer")
    assert not ImportRun.objects.exists()


def test_a_suspended_vendors_key_opens_nothing(program, source, secret, vendor, tmp_path):
    vendor.state = VendorState.SUSPENDED
    vendor.save()
    assert send(program, source, secret, b"x").status_code == 401


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(None, (400, "file_missing")), (b"", (400, "empty_file")), (b"x" * 2000, (413, "file_too_big"))],
)
def test_errors_name_the_field_and_the_remedy(program, source, secret, settings, content, refusal):  # noqa: PLR0917 - fixtures and cases
    settings.PRICE_LIST_MAX_BYTES = 1000
    answer = send(program, source, secret, content)
    assert (answer.status_code, answer.json()["error"]["code"]) == refusal
    assert set(answer.json()["error"]) == {"code", "message", "field", "value", "remedy"}
    assert answer.json()["error"]["remedy"]


def test_a_refused_file_says_why_in_its_status(program, source, secret):
    send(program, source, secret, b"<!doctype html><html><body>Sign in</body></html>", "list.html")
    run = ImportRun.objects.get()
    _advance_error(run)
    said = program.get(
        f"/desk-api/price-lists/{source.pk}/runs/{run.pk}/", headers={"Authorization": f"Bearer {secret}"}
    ).json()
    assert (said["state"], said["error"]["code"]) == (RunState.FAILED, "html_page")
    assert said["error"]["remedy"]


def _advance_error(run):
    from price_lists.errors import Refusal

    with pytest.raises(Refusal):
        _advance_here(run)


def test_it_is_limited(program, source, secret, monkeypatch):
    monkeypatch.setattr("price_lists.api_views.UPLOADS", "2/h")
    for _ in range(2):
        assert send(program, source, secret, None).status_code == 400
    answer = send(program, source, secret, None)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many")
    assert int(answer["Retry-After"]) > 0


def test_a_key_stops_with_its_maker(program, source, secret, vendor, sign_in):
    owner = MembershipFactory(vendor=vendor)
    key = UploadKey.objects.select_related("created_by").get()
    assert send(program, source, secret, None).status_code == 400
    key.created_by.memberships.all().delete()
    MembershipFactory(user=key.created_by)  # works for somebody else now
    answer = send(program, source, secret, None)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "no_key")
    page = sign_in(owner.user).get(f"/desk/{vendor.slug}/price-lists/sources/{source.pk}/").content.decode()
    assert f"{key.beginning}…" in page
    assert "хто його створив, тут більше не працює" in page
    _key, fresh = registering.give_key(source=source, user=owner.user)
    assert send(program, source, fresh, None).status_code == 400
