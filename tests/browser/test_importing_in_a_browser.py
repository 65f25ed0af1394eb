"""A coordinator sends a file, watches its trial, looks at each row, and takes it in."""

import pytest
from page_width import no_sideways_scrolling
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

HEAD = "ID,名称,所在地_連結表記,緯度,経度,電話番号,利用可能日時特記事項\n"


def rows(mark: str, phone: str) -> str:
    return "".join(
        f"00000{mark}0{n},架空の{name}{mark}サロン,東京都豊島区南大塚三丁目{n}-1,{lat},{lon},{phone},\n"
        for n, name, lat, lon in (
            (1, "青空", 35.7291, 139.7271), (2, "若草", 35.7299, 139.7277),
            (3, "入れ替わり", 139.7271, 35.7291), (4, "", 35.73, 139.73),
        )
    ) + f"00000{mark}05,,東京都豊島区,,,,\n"  # fmt: skip


def send(page: Page, text: str) -> None:
    page.goto("/imports")
    page.set_input_files(
        "input[type=file]",
        {"name": "地域の場.csv", "mimeType": "text/csv", "buffer": text.encode("cp932")},
    )
    page.click("p.submit button")


def test_a_file_is_sent_tried_and_taken_in(page: Page, enter, snapshot, size: str) -> None:
    enter(page, "coordinator")
    mark = "77" if size == "desk" else "88"
    page.goto("/imports")
    snapshot(page, "imports", size)
    assert no_sideways_scrolling(page)
    page.click("main summary")
    snapshot(page, "imports-more", size)
    send(page, HEAD + rows(mark, "03-0000-0077"))
    # The page opens itself anew once the trial has ended.
    expect(page.locator(".notice")).to_contain_text("まだ何も変わっていません", timeout=30_000)
    expect(page.locator("details", has_text="取り込めない行（2）")).to_contain_text("4行目")
    snapshot(page, "import-trial", size)
    assert no_sideways_scrolling(page)
    page.click("text=この内容で取り込む")
    expect(page.locator("p.good")).to_contain_text("取り込みました", timeout=30_000)
    snapshot(page, "import-done", size)
    assert no_sideways_scrolling(page)
    send(page, HEAD + rows(mark, "03-0000-0078"))
    expect(page.locator(".notice")).to_be_visible(timeout=30_000)
    changed = page.locator("details", has_text="変更される行（3）")
    changed.locator("summary").click()
    expect(changed).to_contain_text("電話")
    changed.scroll_into_view_if_needed()
    snapshot(page, "import-changed", size)
    page.click("text=取りやめる")
    expect(page.locator("ul.lines")).to_contain_text("取りやめ")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    snapshot(page, "imports-list", size)
