"""A place is pinned and taken off again, at a desk and on a phone."""

import pytest
from page_width import no_sideways_scrolling
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_pinned_place_stands_first_and_is_taken_off_again(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "support")
    page.goto("/people")
    page.click("li.person h2 a")
    before = page.locator(".suggestion h3 a").all_text_contents()
    card = page.locator(".suggestion").last
    card.locator("summary:has-text('この場を固定する')").click()
    card.locator("form[action$='/pins'] input[name=reason]").fill("職員の顔を覚えた")
    card.locator("form[action$='/pins'] button").click()
    pinned = page.locator("#pins .suggestion")
    expect(pinned).to_have_count(1)
    expect(pinned).to_contain_text("固定中")
    expect(pinned).to_contain_text("職員の顔を覚えた")
    expect(pinned).to_contain_text(f"一覧の{len(before)}番目")
    assert page.locator(".suggestion h3 a").all_text_contents() == [before[-1], *before[:-1]]
    assert no_sideways_scrolling(page)
    pinned.scroll_into_view_if_needed()
    snapshot(page, "pinned", size)
    pinned.locator("button:has-text('固定を外す')").click()
    expect(page.locator("#pins")).to_have_count(0)
    assert page.locator(".suggestion h3 a").all_text_contents() == before
