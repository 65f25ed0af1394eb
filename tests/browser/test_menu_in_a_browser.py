"""The menu stays one row, opens by a tap or a key, and closes beside it."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

ROWS = """
() => new Set([...document.querySelectorAll("nav .menu > summary")]
  .map((part) => Math.round(part.getBoundingClientRect().top))).size
"""


@pytest.mark.parametrize("role", ["coordinator", "admin"])
def test_the_menu_is_one_row_and_leads_to_each_page_by_two_taps(
    page: Page, enter, snapshot, size: str, role: str
) -> None:
    enter(page, role)
    assert page.evaluate(ROWS) == 1
    for hidden in page.locator("nav .menu ul").all():
        expect(hidden).to_be_hidden()
    page.click("nav summary:has-text('社会資源')")
    page.click("nav summary:has-text('管理')")
    expect(page.locator("nav .menu[open]")).to_have_count(1)
    snapshot(page, f"menu-{role}", size)
    page.keyboard.press("Escape")
    expect(page.locator("nav .menu[open]")).to_have_count(0)
    expect(page.locator("nav summary:has-text('管理')")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("nav .menu[open]")).to_have_count(1)
    width, height = page.evaluate("[window.innerWidth, window.innerHeight]")
    page.mouse.click(width / 2, height - 5)  # the page beside it: on a phone the menu is long
    expect(page.locator("nav .menu[open]")).to_have_count(0)
    where = "/accounts" if role == "admin" else "/jobs"
    page.click("nav summary:has-text('管理')")
    page.click(f"nav a[href='{where}']")
    page.wait_for_url(f"**{where}")
    expect(page.locator("nav .menu[data-within] > summary")).to_have_text("管理")
