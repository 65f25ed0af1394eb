"""The real server with the demo ward, and a real browser in front of it."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from jobs.demo.accounts import DEMO_PASSWORD

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {"desk": (1280, 900), "phone": (390, 844)}
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"


ANSWERED = (
    "Failed to load resource: the server responded with a status of 409",
    "Failed to load resource: the server responded with a status of 422",
)


def _is_error(message: ConsoleMessage) -> bool:
    return message.type == "error" and not message.text.startswith(ANSWERED)


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


IBASHO = [sys.executable, "-m", "api.cli"]


def _environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("IBASHO_")}
    return kept | {"IBASHO_HOME": str(home), "IBASHO_DEMO": "1"}


@contextmanager
def serving(home: Path, **settings: str) -> Iterator[str]:
    """Run the server on a home with the demo ward as `make run` does, on a free port of loopback."""
    port = _free_port()
    environment = _environment(home) | {"IBASHO_PORT": str(port)} | settings
    log = (home / "log").open("wb")
    server = subprocess.Popen([*IBASHO, "serve"], env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1200):
            if _answers(url):
                break
            try:
                server.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
            pytest.fail((home / "log").read_text()[-2000:])
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


Serve = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="package")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """Serve a folder, in which the demo ward is put first; it is loaded once and then copied."""
    loaded = tmp_path_factory.mktemp("loaded")
    subprocess.run([*IBASHO, "demo"], env=_environment(loaded), check=True, capture_output=True)

    def with_demo(home: Path, **settings: str) -> AbstractContextManager[str]:
        shutil.copytree(loaded, home, dirs_exist_ok=True)
        return serving(home, **settings)

    return with_demo


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[str]:
    """The address of a server for all tests that need no settings of their own."""
    with serve(tmp_path_factory.mktemp("site")) as url:
        yield url


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine (Debian's package chromium)")
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(chromium: Browser, site: str, size: str) -> Iterator[Page]:
    """A page of a fresh browser; a script's error or a refused request fails the test.

    Chromium itself writes a line to the console for every answer of 4xx to a form; a test of such
    an answer checks its status, so that the lines that begin with `ANSWERED` are left out.
    """
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="ja-JP", timezone_id="Asia/Tokyo",
        base_url=site, permissions=["geolocation"],
        geolocation={"longitude": 139.7286, "latitude": 35.7317},
    )  # fmt: skip
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda m: wrong.append(m.text) if _is_error(m) else None)
    outside: list[str] = []
    page.on(
        "request", lambda r: None if r.url.startswith((site, "data:")) else outside.append(r.url)
    )
    yield page
    context.close()
    assert wrong == []
    assert outside == []


def sign_in(page: Page, name: str) -> None:
    page.goto("/signin")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("form.card button")
    page.wait_for_url("**/")


def keep(page: Page, name: str, size: str) -> None:
    """Save what the page looks like, for people to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{size}.png")


@pytest.fixture(scope="session")
def enter():
    return sign_in


@pytest.fixture(scope="session")
def snapshot():
    return keep
