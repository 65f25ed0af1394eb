"""Registering, correcting and word lists as a coordinator does them, by typing and tapping."""

import re
import time

import pytest
from page_width import no_sideways_scrolling
from playwright.sync_api import Page, expect

from jobs.demo.accounts import DEMO_PASSWORD

pytestmark = pytest.mark.browser


def test_a_place_is_registered_within_two_minutes_by_typing_and_tapping(
    page: Page, enter, snapshot, size: str
) -> None:
    name = f"架空の夜の居場所 {size}"
    enter(page, "coordinator")
    page.goto("/resources/new")
    required = page.locator("form.register :is(input, select, textarea)[required]")
    assert required.count() <= 5
    began = time.monotonic()
    page.locator("input[name=name]").press_sequentially(name)
    page.select_option("select[name=kind]", "open_space")
    page.locator("input[name=address]").press_sequentially("南大塚三丁目41-12")
    expect(page.locator("#found")).to_contain_text("東京都豊島区南大塚三丁目")
    when = page.locator("input[name=schedule]")
    when.press_sequentially("月～土 放課後～18:30 土曜8:00～18:00")
    expect(page.locator("#understood")).to_contain_text(
        "ここまで読み取りました：月～金放課後～18:30、土曜8:00～18:00"
    )
    expect(page.locator("#understood")).to_contain_text("放課後の始まる時刻がわからないので")
    snapshot(page, "register-half-said", size)
    when.fill("隔週火曜 10:00～12:00")
    expect(page.locator("#understood")).to_contain_text("「隔週火曜 10:00~12:00」が読み取れません")
    when.fill("")
    when.press_sequentially("毎日9:00～21:00")
    expect(page.locator("#understood")).to_contain_text("こう読み取りました")
    # The pin: by a tap, then with the keyboard alone.
    page.locator(".map").scroll_into_view_if_needed()
    page.locator(".map").click(position={"x": 150, "y": 120})
    before = page.locator("input[name=lat]").input_value()
    assert re.fullmatch(r"35\.\d+", before)
    page.locator(".leaflet-marker-icon").focus()
    page.keyboard.press("ArrowUp")
    assert float(page.locator("input[name=lat]").input_value()) > float(before)
    assert no_sideways_scrolling(page)
    snapshot(page, "register-map", size)
    page.click("summary:has-text('表向きの対象')")
    page.check("input[name=audience][value=anyone]")
    page.click("summary:has-text('応えられる課題')")
    for need in ("isolation", "withdrawal"):
        page.check(f"input[name=needs][value={need}]")
    page.select_option("select[name=availability]", "capacity")
    page.check("input[name=verified]")
    page.click("p.submit button.primary")
    expect(page.locator("[role=status]")).to_contain_text("保存しました")
    assert time.monotonic() - began < 120
    expect(page.locator("h1")).to_contain_text(name)
    page.goto("/suggest")
    page.fill("input[name=address]", "南大塚三丁目")
    page.check("input[name=needs][value=isolation]")
    page.check("input[name=needs][value=withdrawal]")
    page.click("form.column button.primary")
    expect(page.locator("ol.suggestions")).to_contain_text(name)


def test_what_is_refused_stands_beside_its_field_and_the_rest_stays(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "coordinator")
    page.goto("/resources/new")
    page.fill("input[name=name]", "架空の場所")
    page.select_option("select[name=kind]", "salon")
    page.click("summary:has-text('メール・ウェブサイト')")
    page.fill("input[name=url]", "www.example.jp")
    page.fill("input[name=schedule]", "毎週火曜10:00～12:00")
    with page.expect_response(lambda r: r.request.method == "POST" and "/new" in r.url) as sent:
        page.click("p.submit button.primary")
    assert sent.value.status == 422
    url = page.locator("input[name=url]")
    expect(url).to_be_visible()
    expect(url).to_be_focused()
    expect(url).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#e-url")).to_contain_text("https://")
    expect(url).to_have_value("www.example.jp")
    expect(page.locator("input[name=schedule]")).to_have_value("毎週火曜10:00～12:00")
    snapshot(page, "refused", size)


def test_the_form_works_without_a_script(chromium, site: str, size: str) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=site, locale="ja-JP")
    page = context.new_page()
    page.goto("/signin")
    page.fill("input[name=name]", "coordinator")
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("form.card button")
    page.goto("/resources/new")
    page.fill("input[name=name]", f"架空の手書きの場 {size}")
    page.select_option("select[name=kind]", "class")
    page.fill("input[name=address]", "南大塚三丁目")
    page.click("p.submit button:has-text('下書きに残す')")
    expect(page.locator("p.kind")).to_contain_text("下書き")
    page.click("a:has-text('内容を直す')")
    page.fill("input[name=phone]", "03-0000-1234")
    page.click("p.submit button.primary")
    expect(page.locator("a.tel")).to_contain_text("03-0000-1234")
    context.close()


def test_two_who_edit_one_place_at_once_see_both_and_lose_nothing(
    page: Page, chromium, site: str, enter, snapshot, size: str
) -> None:
    enter(page, "coordinator")
    page.goto("/resources?kind=open_space")
    page.click(f"ul.lines a >> nth={4 if size == 'phone' else 3}")
    link = page.url
    page.click("a:has-text('内容を直す')")
    page.wait_for_url("**/edit")
    snapshot(page, "edit", size)
    assert no_sideways_scrolling(page)
    other = chromium.new_context(base_url=site, locale="ja-JP").new_page()
    enter(other, "support")
    other.goto(link + "/edit")
    other.fill("input[name=phone]", "03-0000-1111")
    other.fill("input[name=name_kana]", "べつのよみ")
    other.click("p.submit button.primary")
    expect(other.locator("[role=status]")).to_contain_text("保存しました")
    other.context.close()
    page.fill("input[name=phone]", "03-0000-2222")
    page.fill("input[name=fee_yen]", "250")
    page.click("p.submit button.primary")
    expect(page.locator("h1")).to_contain_text("ほかの人が先に直していました")
    clash = page.locator("fieldset.clash")
    expect(clash).to_have_count(1)
    expect(clash).to_contain_text("03-0000-1111")
    expect(clash).to_contain_text("03-0000-2222")
    expect(page.locator("main")).to_contain_text("べつのよみ")
    expect(page.locator("main")).to_contain_text("250")
    assert no_sideways_scrolling(page)
    snapshot(page, "conflict", size)
    clash.locator("input[value=mine]").check()
    page.click("p.submit button.primary")
    expect(page.locator("[role=status]")).to_contain_text("保存しました")
    expect(page.locator("a.tel").first).to_contain_text("03-0000-2222")
    expect(page.locator(".history:not(.steps)")).to_contain_text("ふりがな")


def test_a_coordinator_sees_which_words_are_hardly_used(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "coordinator")
    page.goto("/vocabulary")
    page.click("#kind > summary")
    expect(page.locator("#kind")).to_contain_text("90日")
    assert no_sideways_scrolling(page)
    snapshot(page, "vocabulary", size)
    page.click("#kind a[href$='/kind/salon']")
    expect(page.locator("input[name=term_days]")).to_have_value("90")
    assert no_sideways_scrolling(page)
    snapshot(page, "vocabulary-term", size)
