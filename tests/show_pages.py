"""The screenshots of the README, taken of the running pages: `make screenshots`. Needs Chromium."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from browsing import QUIET
from playwright.sync_api import Page, sync_playwright
from webserver import SEEDS, build, server_process

FOLDER = Path(__file__).parent / "screenshots"
LAPTOP = (1280, 860)
PHONE = (390, 844)


def _type_half_a_name(page: Page) -> None:
    page.get_by_label("Search the archive").press_sequentially("water wash", delay=30)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")


def _nothing(_: Page) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Shot:
    """One screenshot: its file's name, the page, what is done there first, and how it is looked at."""

    name: str
    path: str
    act: Callable[[Page], None] = _nothing
    viewport: tuple[int, int] = LAPTOP
    scheme: str = "light"


SHOTS = (
    Shot("front", "/"),
    Shot("results", "/search?q=water+OR+river"),
    Shot("typing", "/", _type_half_a_name),
    Shot("nothing", "/search?q=rover+AND+rain"),
    Shot("compose", "/compose?phrase=hailed+the+signing&near=defence&near2=agreement&place=Washington"),
    Shot("article", "/articles/000_54452b25f7fed91f?q=defence+minister", scheme="dark"),
    Shot("phone", "/search?q=water+OR+river", viewport=PHONE),
)


def main() -> None:
    """Take them all."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("There is no Chromium; install it with: apt-get install chromium")
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = build(Path(folder) / "index", SEEDS)
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        with server_process(settings) as (_, address):
            for shot in SHOTS:
                width, height = shot.viewport
                page = browser.new_page(
                    base_url=address, viewport={"width": width, "height": height}, color_scheme=shot.scheme
                )
                page.goto(shot.path, wait_until="networkidle")
                shot.act(page)
                page.screenshot(path=FOLDER / f"{shot.name}.png")
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
