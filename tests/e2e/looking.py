"""A page as a person sees it: a picture, axe, the width of the screen, paper.

``CREDITGRAPH_SHOTS`` names a folder for a picture of every page.
"""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def looked_at(page: Page, name: str) -> None:
    """A picture for a person to look at, and axe for what he may miss; nothing reaches beyond the width of the page."""
    folder = os.environ.get("CREDITGRAPH_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert found == [], (name, [(v["id"], v["nodes"][0]["html"]) for v in found])
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
    page.emulate_media(media="print")
    if folder:
        page.pdf(path=f"{folder}/{name}.pdf", format="A4")
    assert not page.locator("nav[aria-label]").first.is_visible(), name
    assert page.locator("main").is_visible()
    page.emulate_media(media="screen")


def narrow(page: Page) -> None:
    """On a telephone nothing reaches beyond the screen."""
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url
    page.set_viewport_size({"width": 1280, "height": 900})
