"""Nobody uses this machine to reach what lies behind the shop's wall."""

import pytest

from loyalty.errors import Invalid
from loyalty.webhooks.way_out import checked_url, post

NEVER = [
    "ftp://shop.example/hook",
    "https://",
    "https://user:word@shop.example/hook",
    "https://shop.example/hook#part",
    "https://shop.example/a hook",
    "https://shop.example:99999/hook",
    "https://169.254.169.254/latest/meta-data",
    "https://[fe80::1]/",
    "https://0.0.0.0/",
    "https://[::ffff:169.254.169.254]/",
    "https://224.0.0.1/",
]
INSIDE_ONLY = [
    "http://shop.example/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://10.1.2.3/",
    "https://192.168.1.9/",
]


def test_only_addresses_of_the_public_network_are_kept():
    assert checked_url("https://shop.example/hook?to=us", inside=False)
    for url in (*NEVER, *INSIDE_ONLY):
        with pytest.raises(Invalid, match="address of an endpoint"):
            checked_url(url, inside=False)
            pytest.fail(url)


def test_a_shop_that_says_so_may_tell_its_own_machines_but_never_a_link_local_one():
    for url in INSIDE_ONLY:
        assert checked_url(url, inside=True) == url
    for url in NEVER:
        with pytest.raises(Invalid):
            checked_url(url, inside=True)
            pytest.fail(url)


@pytest.mark.parametrize("url", ["https://localhost:9/hook", "http://[::ffff:127.0.0.1]:9/", "https://127.1:9/"])
def test_a_name_is_looked_up_before_anything_is_sent(url):
    """`localhost` and `127.1` are names at the door; what they stand for is seen only when they are resolved."""
    answered = post(url, b"{}", {}, inside=False)
    assert answered.status == 0
    assert "not public" in answered.said


def test_nobody_there_is_an_answer_too():
    answered = post("http://127.0.0.1:1/", b"{}", {}, inside=True, timeout_s=5)
    assert not answered.fine
    assert "No answer" in answered.said
