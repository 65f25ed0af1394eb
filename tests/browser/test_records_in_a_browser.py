"""A request for disclosure from the case to the papers, and the terms of records, as staff do it."""

import pytest
from page_width import no_sideways_scrolling
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_request_is_received_checked_and_printed(page: Page, enter, snapshot, size: str) -> None:
    enter(page, "support")
    page.goto("/people")
    page.click("main a[href^='/cases/'] >> nth=0")
    page.click("main a[href$='/requests']")
    page.fill("textarea[name=wish]", "私について書いてあることの全部")
    snapshot(page, "requests", size)
    page.click("button:has-text('記録する')")
    expect(page.locator("h1")).to_contain_text("開示請求")
    page.select_option("select[name=paper]", "licence")
    page.click("button:has-text('私が確かめました')")
    expect(page.locator("dl.facts >> nth=0")).to_contain_text("運転免許証")
    assert no_sideways_scrolling(page)
    snapshot(page, "request", size)
    page.click("button:has-text('印刷用の画面を開く')")
    expect(page.locator("h1")).to_have_text("保存している個人情報の一覧")
    expect(page.locator("section.paper >> nth=0")).to_be_visible()
    assert no_sideways_scrolling(page)
    snapshot(page, "request-papers", size)
    page.emulate_media(media="print")
    expect(page.locator(".noprint")).to_be_hidden()


def test_an_administrator_sets_a_term_with_its_rule(page: Page, enter, snapshot, size: str) -> None:
    enter(page, "admin")
    page.goto("/retention")
    page.click("summary:has-text('変える') >> nth=1")
    form = page.locator("form[action='/retention/terms'] >> nth=1")
    form.locator("input[name=years]").fill("5")
    form.locator("input[name=rule]").fill("文書管理規程（見本）")
    form.locator("button").click()
    expect(page.locator("main")).to_contain_text("5年")
    assert no_sideways_scrolling(page)
    snapshot(page, "retention", size)
