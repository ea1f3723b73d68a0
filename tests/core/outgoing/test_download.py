"""Files fetched from real servers, honest and hostile ones."""

import gzip
import hashlib
import io
import socket
import ssl
import subprocess
import threading
import time
import zlib

import pytest

from core.outgoing import (
    AddressRefused,
    AnswerRefused,
    AnswerTooBig,
    HostSilent,
    Limits,
    RedirectRefused,
    StatusRefused,
    TookTooLong,
    download,
)
from tests.core.outgoing.conftest import say

QUICK = Limits(seconds=5, pause=2, size=1_000_000)


def fetch(url, policy, **more):
    file = io.BytesIO()
    answer = download(url, to=file, policy=policy, limits=more.pop("limits", QUICK), **more)
    return answer, file.getvalue()


def test_a_file_comes_with_what_is_known_of_it(site, allowing):
    site.answer = lambda handler: say(
        handler,
        b"name;price\n",
        ETag='"7"',
        Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT",
        Content_Type="text/csv",
        Content_Disposition="attachment; filename*=UTF-8''%D0%BF%D1%80%D0%B0%D0%B9%D1%81.csv",
    )
    answer, body = fetch(site.url("/export"), allowing(site))
    assert body == b"name;price\n"
    assert (answer.status, answer.size, answer.not_modified) == (200, 11, False)
    assert answer.sha256 == hashlib.sha256(b"name;price\n").hexdigest()
    assert (answer.etag, answer.last_modified) == ('"7"', "Mon, 01 Jan 2024 00:00:00 GMT")
    assert answer.name == "прайс.csv"
    assert "Authorization" not in site.asked[0][1]
    assert site.asked[0][1]["Host"] == f"127.0.0.1:{site.port}"


def test_this_machine_is_refused_by_default(site, settings):
    settings.OUTGOING_PORTS = [site.port]
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(AddressRefused) as refused:
            fetch(site.url(host=host), None)
        assert refused.value.code == "private_address"
    assert site.asked == []


def test_a_name_that_leads_inside_is_refused_at_the_connection(site, allowing):
    with pytest.raises(AddressRefused):
        fetch(site.url(host="shop.example"), allowing(site, networks=()), resolve=lambda *_: ["127.0.0.1"])
    with pytest.raises(AddressRefused):
        fetch(
            site.url(host="shop.example"),
            allowing(site, networks=()),
            resolve=lambda *_: ["::ffff:127.0.0.1", "169.254.169.254"],
        )
    assert site.asked == []


def test_a_name_that_changes_its_address_is_checked_at_each_hop(sites, allowing):
    """Rebinding: the first look-up is allowed, the second leads to an address that is not."""
    outside = sites("127.0.0.1")
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    asked = []

    def resolve(host, _port):
        asked.append(host)
        return next(answers)

    outside.answer = lambda handler: say(handler, status=302, Location="/again")
    with pytest.raises(AddressRefused) as refused:
        fetch(outside.url(host="shop.example"), allowing(outside), resolve=resolve)
    assert refused.value.code == "private_address"
    assert [path for path, _headers in outside.asked] == ["/list.csv"]
    assert asked == [
        "shop.example",
        "shop.example",
    ]  # once a connection: nobody is asked between check and use


def test_of_several_addresses_only_those_allowed_are_tried(sites, allowing):
    inside, outside = sites("127.0.0.2"), sites("127.0.0.1")
    inside.answer = lambda handler: say(handler, b"secret")
    answer, body = fetch(
        outside.url(host="shop.example"),
        allowing(outside, inside),
        resolve=lambda *_: ["127.0.0.2", "127.0.0.1"],
    )
    assert body == b"hello"
    assert answer.url == f"http://shop.example:{outside.port}/list.csv"
    assert inside.asked == []


def test_three_redirects_are_followed_and_no_more(site, allowing):
    def lead_on(handler):
        left = int(handler.path.rsplit("/", 1)[-1])
        say(handler, b"here") if not left else say(handler, status=302, Location=f"/{left - 1}")

    site.answer = lead_on
    answer, body = fetch(site.url("/3"), allowing(site))
    assert (body, len(answer.hops), answer.url) == (b"here", 3, site.url("/0"))
    with pytest.raises(RedirectRefused) as refused:
        fetch(site.url("/4"), allowing(site))
    assert refused.value.code == "too_many_redirects"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://169.254.169.254/latest/meta-data/", "private_address"),
        ("http://127.0.0.2/", "private_address"),
        ("http://0x7f.1/", "odd_host"),
        ("file:///etc/passwd", "scheme"),
        ("http://shop.example:22/", "port"),
        ("http://root:x@shop.example/", "userinfo"),
        ("", "redirect_nowhere"),
        ("http://[x/", "redirect_nowhere"),
        ("http://xn--/", "redirect_nowhere"),
        ("http://xn--a.example/1.jpg", "redirect_nowhere"),
        ("//\x80:x/", "redirect_nowhere"),
        ("http://a.example:99999999/", "bad_url"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(site, allowing, location, code):
    site.answer = lambda handler: say(handler, status=302, **({"Location": location} if location else {}))
    with pytest.raises((AddressRefused, RedirectRefused)) as refused:
        fetch(site.url(), allowing(site))
    assert refused.value.code == code


def test_credentials_stay_with_the_host_they_were_given_for(sites, allowing):
    home, elsewhere = sites(), sites()
    home.answer = lambda handler: say(handler, status=302, Location=elsewhere.url("/x"), Set_Cookie="sid=1")
    fetch(home.url(), allowing(home, elsewhere), credentials=("ann", "pass"), headers={"Cookie": "own=1"})
    assert home.asked[0][1]["Authorization"] == "Basic YW5uOnBhc3M="
    assert home.asked[0][1]["Cookie"] == "own=1"
    assert {"Authorization", "Cookie"} & set(elsewhere.asked[0][1]) == set()


def test_no_proxy_and_no_password_file_of_the_machine_is_used(site, allowing, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ann password pass\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    _answer, body = fetch(site.url(), allowing(site))
    assert body == b"hello"
    assert "Authorization" not in site.asked[0][1]


def test_a_server_may_say_that_nothing_has_changed(site, allowing):
    def answer(handler):
        known = handler.headers.get("If-None-Match") == '"7"'
        say(handler, b"" if known else b"new", status=304 if known else 200, ETag='"7"')

    site.answer = answer
    first, _body = fetch(site.url(), allowing(site))
    again, body = fetch(site.url(), allowing(site), etag=first.etag, last_modified="x")
    assert (again.not_modified, again.etag, body) == (True, '"7"', b"")
    assert site.asked[1][1]["If-Modified-Since"] == "x"


def test_a_tag_in_other_letters_is_not_sent_back(site, allowing):
    site.answer = lambda handler: say(handler, b"new")
    answer, body = fetch(site.url(), allowing(site), etag='"версія-7"', last_modified="вівторок")
    assert (answer.status, body) == (200, b"new")
    assert {"If-None-Match", "If-Modified-Since"} & set(site.asked[0][1]) == set()


def test_a_304_that_nobody_asked_for_is_no_file(site, allowing):
    site.answer = lambda handler: say(handler, status=304)
    with pytest.raises(StatusRefused):
        fetch(site.url(), allowing(site))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "status_sign_in"), (403, "status_sign_in"), (404, "status_gone"), (410, "status_gone"),
        (429, "status_busy"), (500, "status_broken"), (503, "status_broken"), (204, "status_other"),
        (206, "status_other"), (418, "status_other"),
    ],
)  # fmt: skip
def test_a_status_other_than_ok_is_told_in_words(site, allowing, status, code):
    site.answer = lambda handler: say(
        handler, b"" if status == 204 else b"x", status=status, Retry_After="120"
    )
    with pytest.raises(StatusRefused) as refused:
        fetch(site.url(), allowing(site))
    assert (refused.value.code, refused.value.status_code, refused.value.retry_after) == (code, status, 120)
    assert str(status) in str(refused.value)


def test_a_declared_size_is_refused_before_it_comes(site, allowing):
    site.answer = lambda handler: say(handler, b"x", Content_Length="2000000")
    with pytest.raises(AnswerTooBig):
        fetch(site.url(), allowing(site))


def endless(piece, chunked=True):
    def answer(handler):
        handler.send_response(200)
        if chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        else:
            handler.send_header("Connection", "close")
        handler.end_headers()
        while True:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)

    return answer


@pytest.mark.parametrize("chunked", [True, False])
def test_an_endless_body_ends_at_the_limit(site, allowing, chunked):
    site.answer = endless(b"x" * 10_000, chunked)
    with pytest.raises(AnswerTooBig):
        fetch(site.url(), allowing(site))


def test_a_bomb_ends_at_the_limit_of_what_is_unpacked(site, allowing):
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    site.answer = lambda handler: say(handler, bomb, Content_Encoding="gzip")
    file = io.BytesIO()
    with pytest.raises(AnswerTooBig):
        download(site.url(), to=file, policy=allowing(site), limits=QUICK)
    assert len(file.getvalue()) <= QUICK.size


@pytest.mark.parametrize(
    ("packed", "plain"),
    [
        (gzip.compress(b"a" * 300_000, mtime=0), b"a" * 300_000),
        (gzip.compress(b"one", mtime=0) + gzip.compress(b"two", mtime=0), b"onetwo"),
        (zlib.compress(b"plain"), b"plain"),
        (b"", b""),
    ],
)
def test_packed_answers_are_unpacked(site, allowing, packed, plain):
    site.answer = lambda handler: say(handler, packed, Content_Encoding="gzip")
    assert fetch(site.url(), allowing(site))[1] == plain


@pytest.mark.parametrize(
    ("body", "encoding", "code"),
    [
        (gzip.compress(b"a" * 1000, mtime=0)[:-9], "gzip", "damaged_packing"),
        (b"no gzip at all", "gzip", "damaged_packing"),
        (b"x", "br", "packing"),
    ],
)
def test_an_answer_that_cannot_be_unpacked_is_refused(site, allowing, body, encoding, code):
    site.answer = lambda handler: say(handler, body, Content_Encoding=encoding)
    with pytest.raises(AnswerRefused) as refused:
        fetch(site.url(), allowing(site))
    assert refused.value.code == code


def test_a_body_that_breaks_off_is_not_taken_for_whole(site, allowing):
    def answer(handler):
        say(handler, b"half", Content_Length="100")
        handler.close_connection = True

    site.answer = answer
    with pytest.raises(HostSilent) as refused:
        fetch(site.url(), allowing(site))
    assert refused.value.code == "broken_connection"


def drip(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def slow_headers(handler):
    for letter in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500:
        handler.wfile.write(bytes([letter]))
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [drip, slow_headers])
def test_dripping_ends_with_the_whole_time(site, allowing, answer):
    """Each byte comes well within the pause, so that no read alone is late."""
    site.answer = answer
    begun = time.monotonic()
    with pytest.raises(TookTooLong):
        fetch(site.url(), allowing(site), limits=Limits(seconds=0.6, pause=0.5, size=10_000))
    assert time.monotonic() - begun < 5


def test_redirects_share_one_time(site, allowing):
    def answer(handler):
        time.sleep(0.35)
        say(handler, status=302, Location=handler.path + "x")

    site.answer = answer
    with pytest.raises(TookTooLong):
        fetch(site.url("/"), allowing(site), limits=Limits(seconds=0.8, pause=0.7, size=10))


def test_a_silent_server_is_left_after_a_pause(allowing):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        class Silent:
            port = listener.getsockname()[1]

        with pytest.raises(HostSilent) as refused:
            fetch(
                f"http://127.0.0.1:{Silent.port}/",
                allowing(Silent),
                limits=Limits(seconds=30, pause=0.3, size=10),
            )
    assert refused.value.code == "broken_connection"


def test_names_and_ports_where_nobody_is(site, allowing):
    with pytest.raises(HostSilent) as refused:
        fetch("http://nobody.invalid/", allowing(site))
    assert refused.value.code == "unknown_host"
    policy = allowing(site)
    site.server.shutdown()  # else the thread that still waits at the closed door keeps it open for a moment
    site.server.server_close()
    with pytest.raises(HostSilent) as refused:
        fetch(site.url(), policy)
    assert refused.value.code == "no_connection"


def test_a_look_up_that_hangs_does_not_hold_the_work(site, allowing):
    held = threading.Event()
    try:
        with pytest.raises((HostSilent, TookTooLong)):
            fetch(
                site.url(host="shop.example"),
                allowing(site),
                resolve=lambda *_: held.wait(10) and [],
                limits=Limits(seconds=0.3, pause=0.2, size=10),
            )
    finally:
        held.set()


def test_a_certificate_of_nobody_is_refused(site, allowing, tmp_path):
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=shop.example",
         "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"],
        capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("openssl is not here")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    with pytest.raises(HostSilent) as refused:
        fetch(site.url().replace("http:", "https:"), allowing(site))
    assert refused.value.code == "certificate"
    assert site.asked == []
