"""A calendar is fetched from where it lies, and from nowhere inside."""

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shadowing.calendars import fetching
from shadowing.calendars.addresses import outside, place, resolved
from shadowing.calendars.fetching import Known, Reach, fetch
from shadowing.errors import Refusal
from shadowing.typed import Unfit
from tests.calendars.bombs import calendar

HOST, GLOBAL = "calendar.example.com", "93.184.216.34"
URL = f"https://{HOST}/secret/basic.ics"
INSIDE = (
    *("127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1"),
    *("224.0.0.1", "239.1.1.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "240.0.0.1"),
    *(
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12::1",
    ),
    *("64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "ff02::1", "fec0::1", "2001:db8::1"),
    *("", "calendar", "1.2.3", "0x7f000001", "2130706433"),
)


@pytest.mark.parametrize("number", INSIDE)
def test_a_number_inside_is_no_place_to_fetch_from(number: str) -> None:
    assert not outside(number)


@pytest.mark.parametrize("number", [GLOBAL, "8.8.8.8", "2606:4700::6810:85e5", "::ffff:8.8.8.8"])
def test_a_number_that_anybody_reaches_is(number: str) -> None:
    assert outside(number)


@pytest.mark.parametrize(
    "host", ["0x7f000001", "2130706433", "127.1", "0177.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_however_this_machine_is_written_it_is_not_fetched_from(host: str) -> None:
    reached: list[str] = []

    with pytest.raises(Refusal) as refused:
        fetch(f"https://{host}/a.ics", Known(), Reach(resolve=resolved, dial=refusing(reached)))

    assert "not fetched" in refused.value.sentence or "There is no" in refused.value.sentence
    assert reached == []


@pytest.mark.parametrize("number", INSIDE)
def test_a_name_that_leads_inside_is_not_fetched_from(number: str) -> None:
    reached: list[str] = []

    with pytest.raises(Refusal):
        fetch(URL, Known(), Reach(resolve=lambda host, port: [GLOBAL, number], dial=refusing(reached)))

    assert reached == []


def refusing(reached: list[str]) -> Callable[[str, int, float], socket.socket]:
    def dial(number: str, port: int, seconds: float) -> socket.socket:
        reached.append(number)
        raise ConnectionRefusedError

    return dial


def test_a_name_is_resolved_once_and_the_line_goes_to_what_was_checked() -> None:
    asked, reached = [], list[str]()

    def resolve(host: str, port: int) -> Sequence[str]:
        """Changes its mind, as a hostile name server does."""
        asked.append(host)
        return [GLOBAL] if len(asked) == 1 else ["127.0.0.1"]

    with pytest.raises(Refusal, match="did not come through"):
        fetch(URL, Known(), Reach(resolve=resolve, dial=refusing(reached)))

    assert (asked, reached) == ([HOST], [GLOBAL])


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("webcal://Example.com/a b.ics".replace(" ", "%20"), "example.com", 443, "/a%20b.ics"),
        ("https://例え.jp/予定?key=a&b", "xn--r8jz45g.jp", 443, "/%E4%BA%88%E5%AE%9A?key=a&b"),
        ("https://mail.house:8443/", "mail.house", 8443, "/"),
    ],
)
def test_an_address_is_understood(url: str, host: str, port: int, path: str) -> None:
    found = place(url, frozenset({"mail.house:8443"}))

    assert (found.host, found.port, found.path) == (host, port, path)


def test_what_is_no_address_of_a_calendar_is_refused() -> None:
    for url in (
        "",
        "x",
        "http://example.com/",
        "https://a:b@example.com/",
        "https://example.com:22/",
        "https://e.com/\r\nX: y",
    ):
        with pytest.raises(Unfit):
            place(url, frozenset())


# A server of our own, over TLS


@dataclass
class Server:
    port: int
    trust: ssl.SSLContext
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/basic.ics"

    def way(self, **facts: object) -> Reach:
        """What the operator of a house with such a calendar server has: its name is allowed."""
        usual = {"allowed": frozenset({f"{HOST}:{self.port}"}), "resolve": self.resolve, "trust": self.trust}
        return Reach(**usual | facts)  # type: ignore[arg-type]

    def resolve(self, host: str, port: int) -> Sequence[str]:
        return {HOST: ["127.0.0.1"], "inside.example.com": ["10.0.0.1"]}.get(host, [])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("TLS: NOT TESTED, openssl is not there")
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout key -out cert"
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    subprocess.run([*command.split(), *names], cwd=folder, check=True, capture_output=True)
    return folder


def not_there(handler: BaseHTTPRequestHandler) -> None:
    handler.send_error(404)


@pytest.fixture
def server(certificate: Path) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.seen.append((self.path, dict(self.headers.items())))
            found.answers.get(self.path, not_there)(self)

        def log_message(self, *said: object) -> None:
            """Tests are quiet."""

    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate / "cert", certificate / "key")

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Who hangs up on us is no error."""

    http = Quiet(("127.0.0.1", 0), Handler)
    found = Server(http.server_port, ssl.create_default_context(cafile=str(certificate / "cert")))
    ours.sni_callback = lambda line, name, context: found.names.append(name)
    http.socket = ours.wrap_socket(http.socket, server_side=True)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    http.shutdown()
    thread.join()
    http.server_close()


def giving(body: bytes, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(one: BaseHTTPRequestHandler) -> None:
        one.send_response(status)
        for name, value in headers.items():
            one.send_header(name.replace("_", "-"), value)
        one.end_headers()
        one.wfile.write(body)

    return answer


def test_a_calendar_is_fetched_under_the_name_of_its_host(server: Server) -> None:
    server.answers["/basic.ics"] = giving(calendar(), ETag='"one"', Last_Modified="Mon, 18 Jan 2027 00:00:00 GMT")

    found = fetch(server.url, Known(), server.way())

    assert found.data == calendar()
    assert found.known == Known(etag='"one"', last_modified="Mon, 18 Jan 2027 00:00:00 GMT")
    assert server.names == [HOST]
    assert server.seen[0][1]["Host"] == f"{HOST}:{server.port}"


def test_what_has_not_changed_is_not_sent_again(server: Server) -> None:
    server.answers["/basic.ics"] = giving(b"", 304)
    known = Known(etag='"one"', last_modified="Mon, 18 Jan 2027 00:00:00 GMT")

    found = fetch(server.url, known, server.way())

    assert (found.data, found.known) == (None, known)
    assert server.seen[0][1]["If-None-Match"] == '"one"'
    assert server.seen[0][1]["If-Modified-Since"] == "Mon, 18 Jan 2027 00:00:00 GMT"


def test_a_certificate_of_somebody_else_is_not_believed(server: Server) -> None:
    server.answers["/basic.ics"] = giving(calendar())

    with pytest.raises(Refusal, match="did not come through"):
        fetch(server.url, Known(), server.way(trust=ssl.create_default_context()))

    assert server.seen == []


TARGETS = (
    *(
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://inside.example.com/",
        "https://0x7f000001/",
        "file:///etc/passwd",
    ),
    *("https://[::1]/", "gopher://127.0.0.1:25/", "https://user:word@calendar.example.com/", "", "//169.254.169.254/"),
)


@pytest.mark.parametrize("target", TARGETS)
def test_it_does_not_follow_inside(server: Server, target: str) -> None:
    server.answers["/basic.ics"] = giving(b"", 302, Location=target)
    reached: list[str] = []

    def dial(number: str, port: int, seconds: float) -> socket.socket:
        reached.append(number)
        return fetching.dial(number, port, seconds)

    def resolve(host: str, port: int) -> Sequence[str]:
        return server.resolve(host, port) or resolved(host, port)

    with pytest.raises(Refusal):
        fetch(server.url, Known(), server.way(dial=dial, resolve=resolve))

    assert set(reached) == {"127.0.0.1"}
    assert {path for path, _ in server.seen} == {"/basic.ics"}


def test_it_follows_three_times_and_no_more(server: Server) -> None:
    for step in range(6):
        server.answers[f"/{step}"] = giving(b"", 301, Location=f"/{step + 1}")
    server.answers["/6"] = giving(calendar())
    base = server.url.removesuffix("/basic.ics")

    assert fetch(f"{base}/3", Known(), server.way()).data == calendar()
    with pytest.raises(Refusal, match="again and again"):
        fetch(f"{base}/2", Known(), server.way())


def test_what_unpacks_to_more_than_two_megabytes_is_refused(server: Server) -> None:
    big = gzip.compress(b"x" * 200_000_000)
    server.answers["/basic.ics"] = giving(big, Content_Encoding="gzip")

    with pytest.raises(Refusal, match="larger than"):
        fetch(server.url, Known(), server.way())

    server.answers["/basic.ics"] = giving(gzip.compress(calendar()), Content_Encoding="gzip")
    assert fetch(server.url, Known(), server.way()).data == calendar()


def test_an_endless_file_is_refused(server: Server) -> None:
    server.answers["/basic.ics"] = giving(b"x" * 5_000_000)

    with pytest.raises(Refusal, match="larger than"):
        fetch(server.url, Known(), server.way())


def test_a_server_that_drips_is_left_when_the_time_is_over(server: Server) -> None:
    over = threading.Event()

    def drip(one: BaseHTTPRequestHandler) -> None:
        one.send_response(200)
        one.end_headers()
        while not over.wait(0.05):
            one.wfile.write(b"x")

    server.answers["/basic.ics"] = drip
    began = time.monotonic()

    with pytest.raises(Refusal, match="did not come through"):
        fetch(server.url, Known(), server.way(seconds=0.5))

    over.set()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_what_the_server_answered_instead_is_told_without_the_address(server: Server, status: int) -> None:
    server.answers["/basic.ics"] = giving(b"", status)

    with pytest.raises(Refusal) as refused:
        fetch(server.url, Known(), server.way())

    assert str(refused.value).startswith(f"{HOST} answered {status}")
    assert "basic.ics" not in str(refused.value)
