"""Schemes, the sharing of places and what lies ahead, as staff use them at a desk and on a phone."""

import pytest
from page_width import no_sideways_scrolling
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_manager_sees_what_a_change_does_before_saving_it_and_takes_it_back(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "manager")
    page.goto("/schemes")
    assert no_sideways_scrolling(page)
    page.click("a[href='/schemes/gentle']")
    page.fill("input[name=nearness]", "90")
    page.click("button[value=preview]")
    expect(page.locator("#preview")).to_contain_text("人の一覧が変わります")
    expect(page.locator("#preview .places").first).to_contain_text("架空")
    assert no_sideways_scrolling(page)
    snapshot(page, "scheme-preview", size)
    page.click("button[value=save]")
    expect(page.locator(".history")).to_contain_text("近さ：8 → 90")
    page.locator(".history button").first.click()
    expect(page.locator(".history")).to_contain_text("近さ：90 → 8")


def test_a_worker_shares_the_free_places_among_those_who_wait(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "support")
    page.goto("/allocation")
    page.click("main form.card button.primary")
    expect(page.locator("#found")).to_contain_text("に場があります")
    expect(page.locator("#found")).to_contain_text("受け入れ先ごとの負担")
    assert no_sideways_scrolling(page)
    snapshot(page, "allocation", size)
    page.locator("#found tbody th a").first.click()
    page.click("a.button[href*='/ahead']")
    expect(page.locator("#path")).to_contain_text("いまの段階")
    assert no_sideways_scrolling(page)
    snapshot(page, "ahead", size)
