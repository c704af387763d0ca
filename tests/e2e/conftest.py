"""A served demo town and a headless Chromium without network of its own."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from api.app import create_app
from api.auth import ROLES
from api.keys import create_key
from graph.book.home import home_from_environment
from tests.api.conftest import Loaded, load_town

#: Nothing that Chromium would fetch for itself; no sandbox, since root has none.
_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]


Open = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class Site:
    """Address of a running service, the key of each role, the town it serves."""

    address: str
    keys: dict[str, str]
    town: Loaded


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; a test that needs it fails when there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM_PATH") or next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("no Chromium: install it (Debian: apt-get install chromium) or name it in CHROMIUM_PATH")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield made
        made.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo town behind a real socket."""
    folder: Path = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch, socket.socket() as sock:
        patch.setenv("CREDITGRAPH_MASTER_KEY", str(folder / "master.key"))
        patch.setenv("CREDITGRAPH_RATE", "0")
        patch.delenv("CREDITGRAPH_STORE", raising=False)
        town = load_town(folder, patch.setenv)
        keys = {role: create_key(home_from_environment(), role)["key"] for role in ROLES}
        sock.bind(("127.0.0.1", 0))
        sock.listen(64)
        server = uvicorn.Server(uvicorn.Config(create_app(), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        until = time.monotonic() + 30
        while not server.started and time.monotonic() < until:
            time.sleep(0.05)
        yield Site(f"http://127.0.0.1:{sock.getsockname()[1]}", keys, town)
        server.should_exit = True
        thread.join(timeout=15)


@pytest.fixture
def open_as(browser: Browser, site: Site) -> Iterator[Open]:
    """Opens a page as nobody or signed in with the key of a role; at the end nothing foreign was asked for."""
    made: list[Any] = []
    foreign: list[str] = []
    troubles: list[str] = []

    def opened(role: str | None = None, language: str = "zh", script: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": 1280, "height": 900},
            locale={"zh": "zh-CN", "en": "en-GB"}[language],
            java_script_enabled=script,
            base_url=site.address,
        )
        page = context.new_page()
        page.on("request", lambda r: foreign.append(r.url) if not r.url.startswith(site.address) else None)
        page.on(
            "console", lambda m: troubles.append(m.text) if m.type == "error" and "status of 4" not in m.text else None
        )
        made.append(context)
        if role:
            page.goto("/sign-in")
            page.fill("input[name=key]", site.keys[role])
            page.fill("input[name=purpose]", "浏览器测试")
            page.click("main button")
        return page

    yield opened
    for context in made:
        context.close()
    assert foreign == []
    assert troubles == []
