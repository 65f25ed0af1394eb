"""A coordinator is shown two entries of one place, merges them by choice, and takes it back."""

import pytest
from page_width import no_sideways_scrolling
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def register(page: Page, name: str, **fields: str) -> None:
    page.goto("/resources/new")
    page.fill("input[name=name]", name)
    page.select_option("select[name=kind]", "salon")
    page.locator("input[name=address]").press_sequentially("南大塚三丁目41-12")
    expect(page.locator("#found")).to_contain_text("東京都豊島区南大塚三丁目")
    for field, value in fields.items():
        page.fill(f"input[name={field}]", value)
    page.click("p.submit button")
    another = page.locator("button[name=another]")
    if another.count():
        another.click()
    expect(page.locator("[role=status]")).to_contain_text("保存しました")


def test_two_entries_of_one_place_are_compared_merged_and_taken_back(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "coordinator")
    mark = "机" if size == "desk" else "電話"
    register(page, f"架空の澤風{mark}サロン", phone="03-0000-1111", schedule="第2火曜10:00～12:00")
    register(page, f"㈱架空の沢風 {mark}サロン", phone="03-0000-1111", fee_yen="100",
             schedule="第2・第4火曜10:00～12:00")  # fmt: skip
    page.goto("/duplicates")
    # They were registered as two places, beside each other; on second thoughts that is taken back.
    back = page.locator("form[action='/duplicates/apart/undo'] button")
    for _ in range(back.count()):
        back.first.click()
        expect(page.locator("[role=status]")).to_contain_text("元に戻しました")
    card = page.locator("li.card", has_text=f"架空の澤風{mark}サロン").first
    expect(card).to_contain_text("表記の違いだけ")
    expect(card).to_contain_text("一致")
    assert no_sideways_scrolling(page)
    card.scroll_into_view_if_needed()
    snapshot(page, "duplicates", size)
    card.locator("a.button.primary").click()
    expect(page.locator("h1")).to_contain_text("見くらべる")
    names = page.locator("dd strong").all_text_contents()
    if names[0].startswith("㈱"):
        page.click("text=残す方を入れ替える")
    page.check("input[name=taken][value=fee_yen]")
    page.check("input[name=taken][value='offering.schedule_text']")
    page.evaluate("window.scrollTo(0, 0)")
    snapshot(page, "duplicates-compare", size)
    page.locator("p.submit").scroll_into_view_if_needed()
    snapshot(page, "duplicates-compare-end", size)
    assert no_sideways_scrolling(page)
    page.click("p.submit button")
    expect(page.locator("[role=status]")).to_contain_text("一つにまとめました")
    page.locator("text=まとめたもの").scroll_into_view_if_needed()
    snapshot(page, "duplicates-merged", size)
    entry = page.locator("li", has_text=f"「㈱架空の沢風 {mark}サロン」を")
    entry.locator("text=開く").click()
    expect(page.locator("main")).to_contain_text("第2・第4火曜10:00～12:00")
    expect(page.locator("main")).to_contain_text("この登録にまとめたもの")
    page.locator("form[action*='/duplicates/merges/'] button").first.click()
    expect(page.locator("[role=status]")).to_contain_text("元に戻しました")
    expect(page.locator("main")).to_contain_text(f"㈱架空の沢風 {mark}サロン")
