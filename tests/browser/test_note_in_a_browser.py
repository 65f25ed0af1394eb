"""A note that is read into the form of a question, at a desk and on a phone."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_what_was_typed_stays_when_notes_are_read(page: Page, enter, snapshot, size: str) -> None:
    enter(page, "support")
    page.goto("/suggest")
    page.fill("input[name=address]", "豊島区南大塚三丁目")
    page.fill("input[name=age]", "33")
    ticked = [
        "input[name=needs][value=violence]",
        "input[name=flags][value=with_child]",
        "input[name=safety][value=protected]",
        "input[name=safety][value=no_children_present]",
        "input[name=safety][value=no_alcohol]",
    ]
    for box in ticked:
        page.check(box)
    for note in ("本が好き、週1回", "40歳。月曜の午前なら"):
        page.fill("textarea[name=note]", note)
        page.click("button:has-text('読み取る')")
        expect(page.locator(".proposals")).to_be_visible()
        assert page.url.endswith("/suggest/note")
    snapshot(page, "note-read", size)
    expect(page.locator("input[name=address]")).to_have_value("豊島区南大塚三丁目")
    expect(page.locator("input[name=age]")).to_have_value("33")
    for box in [*ticked, "input[name=activities][value=reading]", "input[name=days][value=mon]"]:
        expect(page.locator(box)).to_be_checked()
    expect(page.locator("input[name=sessions_per_week]")).to_have_value("1")
    page.press("input[name=age]", "Enter")
    expect(page.locator("section.list")).to_be_visible()
    expect(page.locator("input[name=age]")).to_have_value("33")
