"""One message to a real server: what is told of its answer, and what is refused."""

import socket
import time

import pytest

from core.outgoing import AddressRefused, HostSilent, TookTooLong, check_host, post, posting
from core.parallel import work_off
from tests.core.outgoing.conftest import say


def send(site, allowing, **options):
    return post(site.url("/hook"), body=b"{}", headers={"X-Mark": "1"}, policy=allowing(site), **options)


def test_the_body_arrives_and_the_answers_beginning_is_told(site, allowing):
    site.answer = lambda handler: say(handler, b"x" * 5000, 202)
    reply = send(site, allowing)
    assert (reply.status, reply.is_taken, reply.beginning) == (202, True, b"x" * 1024)
    assert site.asked[0][0] == "/hook"
    assert (site.asked[0][1]["X-Mark"], site.asked[0][1]["Content-Length"]) == ("1", "2")


def test_a_redirect_is_an_answer_and_is_not_followed(site, sites, allowing):
    other = sites()
    site.answer = lambda handler: say(handler, b"", 307, Location=other.url("/elsewhere"))
    reply = send(site, allowing)
    assert (reply.status, reply.is_taken, other.asked) == (307, False, [])


def test_a_wish_to_wait_is_told(site, allowing):
    site.answer = lambda handler: say(handler, b"", 429, Retry_After="90")
    assert send(site, allowing).retry_after == 90


def test_a_dripping_answer_is_read_no_longer_than_the_time(site, allowing, monkeypatch):
    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(40):
            handler.wfile.write(b"a")
            handler.wfile.flush()
            time.sleep(0.05)

    site.answer = drip
    reply = send(site, allowing, seconds=0.4)
    assert (reply.status, set(reply.beginning)) == (200, {ord("a")})
    assert len(reply.beginning) < 20
    monkeypatch.setattr(posting, "BODY_SECONDS", 0.2)  # however long the whole may take
    reply = send(site, allowing, seconds=15)
    assert (reply.status, 0 < len(reply.beginning) < 20) == (200, True)


def test_silence_ends_with_the_time_and_a_closed_connection_is_told(site, allowing):
    site.answer = lambda handler: time.sleep(0.5)
    with pytest.raises(TookTooLong):
        send(site, allowing, seconds=0.2)
    site.answer = lambda handler: handler.connection.shutdown(socket.SHUT_RDWR)
    with pytest.raises(HostSilent):
        send(site, allowing)


def test_a_name_that_leads_inside_is_refused_at_the_connection(site, allowing):
    """Rebinding: what looked public when it was saved answers with a private address now."""
    url = site.url("/hook", host="rebound.example")
    assert check_host(url, policy=allowing(site, networks=()), resolve=lambda *_: ["93.184.215.14"]).host
    for address in ("127.0.0.1", "10.0.0.7", "169.254.169.254", "::ffff:127.0.0.1"):
        with pytest.raises(AddressRefused):
            post(
                url,
                body=b"{}",
                headers={},
                policy=allowing(site, networks=()),
                resolve=lambda *_, address=address: [address],
            )
    with pytest.raises(AddressRefused):
        check_host(url, policy=allowing(site, networks=()), resolve=lambda *_: ["10.0.0.7"])
    assert site.asked == []


def test_threads_work_until_nothing_is_left():
    left = list(range(50))
    done = []

    def step():
        try:
            done.append(left.pop())
        except IndexError:
            return False
        return True

    work_off(step, threads=3)
    assert sorted(done) == list(range(50))
