"""The counter's web server: who may ask, what is not cached, how streams behave, all over a real socket."""

import http.client
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from loyalty.counter.events import MOST_CLIENTS
from loyalty.counter.parts import Parts, put_together
from loyalty.counter.screens.app import THREADS, PortInUse, WebServer
from loyalty.counter.settings import CounterSettings
from tests.journeys.programs import call, free_port


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    nobody = f"http://127.0.0.1:{free_port()}"
    settings = CounterSettings(id="till-1", data_dir=tmp_path, server=nobody, bind=f"127.0.0.1:{free_port()}")
    parts = put_together(settings)
    yield parts
    parts.stop()


@pytest.fixture
def url(parts: Parts) -> Iterator[str]:
    server = WebServer(parts)
    parts.start()
    server.start()
    yield server.url
    parts.hub.close()
    server.stop()


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 200),
    ({"Host": "localhost:8100"}, 200),
    ({"Host": "[::1]:8100"}, 200),
    ({"Host": "rebound.example"}, 403),
    ({"Host": "127.0.0.1.example:8100"}, 403),
    ({"Origin": "http://127.0.0.1:8100"}, 200),
    ({"Origin": "https://shop.example"}, 403),
    ({"Origin": "null"}, 403),
])  # fmt: skip
def test_only_this_machine_and_its_own_pages_may_ask(url: str, headers: dict[str, str], status: int) -> None:
    assert call("GET", url + "/state", headers=headers)[0] == status
    if status == 403:
        assert call("POST", url + "/sales", {"amount": "1"}, headers=headers)[1]["code"] == "forbidden"


def test_another_sites_page_may_not_post(url: str) -> None:
    assert call("POST", url + "/sales", {"amount": "1"}, headers={"Sec-Fetch-Site": "cross-site"})[0] == 403


def test_nothing_is_cached_and_nothing_foreign_is_loaded(url: str) -> None:
    for path in ("/", "/kiosk", "/kiosk/state", "/bench", "/state"):
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        connection.request("GET", path)
        answer = connection.getresponse()
        page = answer.read().decode()
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "http://" not in page.replace("http://127.0.0.1", "") and "https://" not in page
        connection.close()


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), [
    ("GET", "/nothing", None, 404, "not_found"),
    ("POST", "/sales", "text", 422, "invalid"),
    ("POST", "/identify", {}, 422, "invalid"),
    ("POST", "/identify", {"token": {"kind": "blood", "value": "x"}}, 422, "invalid"),
    ("POST", "/identify", {"member": "nobody"}, 404, "not_found"),
    ("POST", "/question", {"answer": "maybe"}, 422, "invalid"),
    ("POST", "/quote", {"amount": "12,5x"}, 422, "invalid"),
    ("POST", "/sales", {"amount": "5"}, 409, "no_member"),
    ("POST", "/sales/none:undo", None, 404, "not_found"),
    ("POST", "/print-jobs/none:retry", None, 404, "not_found"),
    ("GET", "/bench/devices/none/trace", None, 404, "not_found"),
    ("DELETE", "/sales", None, 405, "not_found"),
])  # fmt: skip
def test_every_refusal_is_a_problem_with_a_code(
    url: str, method: str, path: str, body: object, status: int, code: str
) -> None:
    got, problem = call(method, url + path, body)
    assert (got, problem["code"], problem["status"]) == (status, code, status)
    assert problem["detail"]


def test_a_port_in_use_is_one_sentence(parts: Parts, url: str) -> None:
    with pytest.raises(PortInUse, match="choose another with --bind"):
        WebServer(parts)


def listener(url: str) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("GET", "/events")
    return connection


def test_a_full_house_of_screens_leaves_room_for_sales(url: str) -> None:
    open_streams = [listener(url) for _ in range(MOST_CLIENTS)]
    for stream in open_streams:
        assert stream.getresponse().status == 200
    one_more = listener(url).getresponse()
    assert (one_more.status, one_more.headers["Retry-After"]) == (503, "5")
    began = time.monotonic()
    assert call("GET", url + "/state")[0] == 200
    assert time.monotonic() - began < 2
    assert THREADS >= 2 * MOST_CLIENTS
    for stream in open_streams:
        stream.close()


def test_what_happens_is_told_at_once(parts: Parts, url: str) -> None:
    stream = listener(url).getresponse()
    heard: list[str] = []
    reader = threading.Thread(target=lambda: heard.extend(iter(lambda: stream.readline().decode(), "")), daemon=True)
    reader.start()
    call("POST", url + "/quote", {"amount": "12.50"})
    end = time.monotonic() + 5
    while not any("12.50" in line for line in list(heard)) and time.monotonic() < end:
        time.sleep(0.01)
    assert "event: member\n" in heard
    assert any('"amount": "12.50"' in line for line in heard)
