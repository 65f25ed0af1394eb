"""Whether a page is wider than the screen that it is read on."""

from playwright.sync_api import Page


def no_sideways_scrolling(page: Page) -> bool:
    """Tell whether a page is as wide as its window at most, once it has come with its styles."""
    page.wait_for_load_state()
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )
