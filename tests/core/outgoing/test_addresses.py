"""What may be asked, as written and as a number."""

import ipaddress

import pytest

from core.outgoing import AddressRefused, Policy, check_url, is_public

POLICY = Policy()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.254", "100.100.100.200", "192.0.0.8",
        "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "168.63.129.16", "192.88.99.1",
        "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1", "100::1",
    ],
)  # fmt: skip
def test_what_is_not_for_everybody_is_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.216.34",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_what_everybody_reaches_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://shop.example/a", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://127.0.0.1:6379/_x", "scheme"),
        ("javascript:alert(1)", "bad_url"),
        ("shop.example/list.csv", "bad_url"),
        ("//shop.example/a", "bad_url"),
        ("", "bad_url"),
        ("http://", "bad_url"),
        ("http:///a", "bad_url"),
        ("https://shop.example/a b", "bad_url"),
        ("https://shop.example\\@evil.example/", "bad_url"),
        ("https://shop.example/\r\nHost: x", "bad_url"),
        ("https://shop.example:99999/", "bad_url"),
        ("https://" + "a" * 2000, "bad_url"),
        ("https://user:secret@shop.example/", "userinfo"),
        ("https://shop.example@127.0.0.1/", "userinfo"),
        ("https://@shop.example/", "userinfo"),
        ("http://shop.example:22/", "port"),
        ("http://shop.example:6379/", "port"),
        ("http://127.0.0.1/", "private_address"),
        ("http://127.0.0.1./", "private_address"),
        ("http://[::1]/", "private_address"),
        ("http://[::ffff:127.0.0.1]/", "private_address"),
        ("http://[fe80::1%25eth0]/", "private_address"),
        ("http://１２７.０.０.１/", "private_address"),
        ("http://①②⑦.⓪.⓪.①/", "private_address"),
        ("http://127。0。0。1/", "private_address"),
        ("http://2130706433/", "odd_host"),
        ("http://0x7f000001/", "odd_host"),
        ("http://0x7f.1/", "odd_host"),
        ("http://0X7F.0.0.1/", "odd_host"),
        ("http://0177.0.0.1/", "odd_host"),
        ("http://127.1/", "odd_host"),
        ("http://127.0.0.01/", "odd_host"),
        ("http://0/", "odd_host"),
        ("http://1.2.3.4.5/", "odd_host"),
        ("http://shop..example/", "odd_host"),
        ("http://-shop.example/", "odd_host"),
        ("http://xn--/", "odd_host"),
        ("http://xn--a.example/", "odd_host"),
        ("http://shop.xn--zz9999.example/", "odd_host"),
        ("http://shop.example%2f.evil.example/", "odd_host"),
        ("http://[::1/", "bad_url"),
    ],
)  # fmt: skip
def test_links_that_are_refused_as_written(url, code):
    with pytest.raises(AddressRefused) as refused:
        check_url(url, POLICY)
    assert refused.value.code == code
    assert "secret" not in str(refused.value)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("url", "host", "port", "asked"),
    [
        ("https://Shop.Example/a?b=1#c", "shop.example", 443, "https://shop.example/a?b=1"),
        (" http://shop.example.:80/ ", "shop.example", 80, "http://shop.example/"),
        ("https://shop.example:8443/x", "shop.example", 8443, "https://shop.example:8443/x"),
        ("https://крамниця.укр/список.csv", "xn--80aqjkfhg3k.xn--j1amh", 443, None),
        ("http://8.8.8.8/a", "8.8.8.8", 80, "http://8.8.8.8/a"),
        ("http://[2606:4700::1111]/a", "2606:4700::1111", 80, "http://[2606:4700::1111]/a"),
    ],
)
def test_links_that_may_be_asked(url, host, port, asked):
    target = check_url(url, POLICY)
    assert (target.port, target.url if asked else None) == (port, asked)
    if asked:
        assert target.host == host
    else:
        assert target.host.startswith("xn--")
        assert target.host.endswith(".xn--j1amh")


def test_an_installation_may_open_its_own_network_and_ports():
    policy = Policy(frozenset({9000}), (ipaddress.ip_network("10.1.0.0/16"),))
    assert check_url("http://10.1.2.3:9000/a", policy).host == "10.1.2.3"
    assert policy.allows(ipaddress.ip_address("::ffff:10.1.2.3"))
    for url in ("http://10.2.0.1:9000/", "http://127.0.0.1:9000/"):
        with pytest.raises(AddressRefused):
            check_url(url, policy)


def test_settings_refuse_this_machine_by_default(settings):
    assert settings.OUTGOING_NETWORKS == []
    assert not Policy.of_settings().allows(ipaddress.ip_address("127.0.0.1"))
