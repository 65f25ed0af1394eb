"""The three pages as staff use them, at a desk and on a phone."""

import pytest
from page_width import no_sideways_scrolling
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_support_worker_sees_suggestions_with_reasons_beside_a_map(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "support")
    page.goto("/people")
    page.click("li.person h2 a")
    expect(page.locator("h1")).to_contain_text("さん")
    cards = page.locator(".suggestion")
    expect(cards.first).to_be_visible()
    assert 1 <= cards.count() <= 5
    expect(cards.first).to_contain_text("次の開催")
    expect(cards.first).to_contain_text("はじめの一歩")
    expect(cards.first).to_contain_text("架空")
    expect(page.locator(".misses .change").first).to_contain_text("可")
    # The contributions that are shown add up to the score that is shown.
    cards.first.locator("details:not(.start) summary").click()
    numbers = [float(x) for x in cards.first.locator(".bars .num").all_text_contents()]
    assert round(sum(numbers[:-1]), 4) == numbers[-1]
    expect(page.locator(".leaflet-marker-icon").first).to_be_attached()
    expect(page.locator(".leaflet-overlay-pane path").first).to_be_attached()
    assert no_sideways_scrolling(page)
    cards.first.locator("details:not(.start) summary").click()
    page.evaluate("window.scrollTo(0, 0)")
    snapshot(page, "suggestions", size)
    page.click(".suggestion a[href*='/why/']")
    expect(page.locator("table.rules")).to_contain_text("年齢が合う")
    assert no_sideways_scrolling(page)
    snapshot(page, "why", size)


def test_a_coordinator_registers_a_place_and_it_is_suggested_in_the_next_request(
    page: Page, enter, snapshot, size: str
) -> None:
    name = f"架空の夕方サロン {size}"
    enter(page, "coordinator")
    page.goto("/resources/new")
    page.fill("input[name=name]", name)
    page.select_option("select[name=kind]", "salon")
    page.click("summary:has-text('どんな所か')")
    page.fill(
        "textarea[name=description]", "（架空）お寺の広間でお茶を飲みます。男の方も来ています。"
    )
    page.locator("input[name=address]").press_sequentially("南大塚三丁目41-12")
    expect(page.locator("#found")).to_contain_text("東京都豊島区南大塚三丁目")
    page.locator("input[name=schedule]").press_sequentially("毎日9:00～21:00")
    expect(page.locator("#understood")).to_contain_text("こう読み取りました：毎日9:00～21:00")
    page.click("summary:has-text('表向きの対象')")
    page.check("input[name=audience][value=anyone]")
    page.select_option("select[name=gender]", "any")
    page.fill("input[name=fee_yen]", "100")
    page.select_option("select[name=availability]", "capacity")
    page.fill("input[name=places]", "8")
    page.check("input[name=verified]")
    page.evaluate("window.scrollTo(0, 0)")
    snapshot(page, "register", size)
    assert no_sideways_scrolling(page)
    page.click("p.submit button")
    expect(page.locator("h1")).to_contain_text(name)
    expect(page.locator("[role=status]")).to_contain_text("保存しました")
    page.goto("/suggest")
    page.fill("input[name=address]", "南大塚三丁目")
    page.fill("input[name=text]", "お寺の広間でお茶を飲みたい。男の方も来ている所")
    page.check("input[name=needs][value=isolation]")
    page.check("input[name=needs][value=grief]")
    page.click("form.column button.primary")
    expect(page.locator("section.list")).to_contain_text(name)
    # Full: gone from the next list.
    page.goto("/resources?q=" + name)
    page.click("ul.lines a")
    page.click("summary:has-text('空き状況を直す')")
    page.select_option("form[action$='/availability'] select[name=status]", "none")
    page.click("form[action$='/availability'] button.primary")
    expect(page.locator("[role=status]")).to_contain_text("保存しました")
    page.goto("/suggest")
    page.fill("input[name=address]", "南大塚三丁目")
    page.check("input[name=needs][value=isolation]")
    page.check("input[name=needs][value=grief]")
    page.click("form.column button.primary")
    expect(page.locator("ol.suggestions")).not_to_contain_text(name)


def test_a_place_that_is_there_already_is_shown_before_anything_is_stored(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "coordinator")
    page.goto("/resources?kind=salon")
    known = page.locator("ul.lines a").nth(5).inner_text()
    page.locator("ul.lines a").nth(5).click()
    phone = page.locator("a.tel").first.inner_text()
    page.goto("/resources/new")
    page.fill("input[name=name]", f"㈱ {known}")
    page.select_option("select[name=kind]", "salon")
    page.fill("input[name=phone]", phone)
    page.click("p.submit button")
    similar = page.locator("section.similar")
    expect(similar).to_contain_text(known)
    expect(similar).to_contain_text("電話番号の一致100%")
    expect(page.locator("input[name=name]")).to_have_value(f"㈱ {known}")
    assert no_sideways_scrolling(page)
    snapshot(page, "similar", size)
    similar.locator("button:has-text('別の場として登録する')").click()
    expect(page.locator("[role=status]")).to_contain_text("保存しました")


def test_a_registration_that_cannot_be_keeps_what_was_typed_and_says_why(
    page: Page, enter, size: str
) -> None:
    enter(page, "coordinator")
    page.goto("/resources/new")
    page.fill("input[name=name]", "架空の場所")
    page.select_option("select[name=kind]", "salon")
    page.fill("input[name=address]", "存在しない町999")
    with page.expect_response(
        lambda r: r.request.method == "POST" and "/resources/new" in r.url
    ) as sent:
        page.click("p.submit button")
    assert sent.value.status == 422
    expect(page.locator("[role=alert]")).to_contain_text("住所が見つかりません")
    expect(page.locator("input[name=name]")).to_have_value("架空の場所")


def test_a_csw_finds_what_is_near_and_open_with_one_tap(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "csw")
    page.goto("/nearby")
    page.fill("input[name=when]", "2026-12-01T14:10")
    page.click("[data-here]")
    expect(page.locator("#answer")).to_be_visible()
    assert "139.7" not in page.url
    first = page.locator(".nearby .card").first
    expect(first).to_contain_text("分")
    expect(first.locator(".state")).to_contain_text("開いています")
    assert no_sideways_scrolling(page)
    page.locator("#answer").scroll_into_view_if_needed()
    snapshot(page, "nearby", size)


def test_a_coordinator_sees_which_towns_can_walk_to_nothing(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "coordinator")
    page.click("main a[href='/gaps']")
    page.select_option("select[name=minutes]", "5")
    page.select_option("select[name=week]", "weekend")
    page.click("form.card button")
    expect(page.locator("table.figures tbody tr").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("291,167")
    expect(page.locator("[data-map=gaps] path.leaflet-interactive")).to_have_count(83)
    assert no_sideways_scrolling(page)
    snapshot(page, "gaps", size)


def test_the_pages_are_in_english_by_a_switch(page: Page, enter, snapshot, size: str) -> None:
    enter(page, "support")
    page.click(".who a[lang=en]")
    expect(page.locator("h1")).to_contain_text("Welcome")
    page.goto("/nearby")
    expect(page.locator("h1")).to_have_text("Places nearby")


def test_a_coordinator_sees_what_was_edited_and_takes_it_back(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "coordinator")
    page.goto("/resources?kind=hiroba")
    page.click("ul.lines a")
    page.click("summary:has-text('公開の状態を変える')")
    page.select_option("form[action$='/status'] select[name=status]", "paused")
    page.fill("form[action$='/status'] input[name=reason]", "夏休み")
    page.click("form[action$='/status'] button")
    expect(page.locator("p.kind")).to_contain_text("休止中")
    expect(page.locator(".steps li").last).to_contain_text("夏休み")
    edits = page.locator(".history:not(.steps)")
    expect(edits.locator("> li").first).to_contain_text("公開の状態：公開中 → 休止中")
    assert no_sideways_scrolling(page)
    edits.scroll_into_view_if_needed()
    snapshot(page, "history", size)
    edits.locator("> li").first.locator("button").click()
    expect(page.locator("p.kind")).to_contain_text("公開中")
    page.evaluate("window.scrollTo(0, 0)")
    snapshot(page, "resource", size)


def test_a_coordinator_with_half_an_hour_gets_the_calls_that_help_most(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "coordinator")
    page.goto("/verify")
    expect(page.locator(".calls > li")).to_have_count(8)
    assert no_sideways_scrolling(page)
    snapshot(page, "verify", size)
    name = page.locator(".calls h2 a").first.inner_text()
    page.click(".calls form button >> nth=0")
    expect(page.locator("[role=status]")).to_contain_text("確認した日を記録しました")
    expect(page.locator(".calls h2 a").first).not_to_have_text(name)


def test_places_of_a_session_are_opened_taken_and_given_back(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "coordinator")
    page.goto("/resources?kind=salon")
    page.click(f"ul.lines a >> nth={1 if size == 'phone' else 0}")
    page.click("a:has-text('回ごとの空きを見る')")
    session = page.locator("ol > li.card").first
    expect(session).to_contain_text("定員はまだ分かりません")
    session.locator("input[name=capacity]").fill("2")
    session.locator("button:has-text('定員を保存')").click()
    expect(session).to_contain_text("空き 2（定員 2）")
    for left in (1, 0):
        session.locator("button:has-text('仮押さえする')").click()
        expect(session).to_contain_text(f"空き {left}（定員 2）")
    session.locator("button:has-text('確定する')").first.click()
    expect(session.locator(".lines li").first).to_contain_text("確定")
    # Fewer places than are taken: refused, in words, and nothing changed.
    session.locator("input[name=capacity]").fill("1")
    session.locator("button:has-text('定員を保存')").click()
    expect(page.locator("[role=alert]")).to_contain_text("すでに取られている数より少ない定員")
    assert no_sideways_scrolling(page)
    snapshot(page, "places", size)
    session.locator("button:has-text('取り消す')").first.click()
    expect(session).to_contain_text("空き 1（定員 2）")


def test_a_host_corrects_an_entry_without_an_account_and_staff_look_at_it(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "coordinator")
    page.goto("/resources?kind=hiroba")
    page.click(f"ul.lines a >> nth={2 if size == 'phone' else 1}")
    resource = page.url
    page.click("a:has-text('受け入れ先への確認リンク')")
    link = page.locator("textarea.link").input_value()
    page.context.clear_cookies()
    page.goto(link)
    expect(page.locator("nav")).to_have_count(0)
    assert no_sideways_scrolling(page)
    page.click("summary:has-text('変わったところがあります')")
    page.select_option("select[name=availability]", "none")
    page.fill("textarea[name=note]", "来月まで満員です")
    snapshot(page, "host", size)
    page.click("button:has-text('送る')")
    expect(page.locator("[role=status]")).to_contain_text("担当者が確かめてから")
    enter(page, "coordinator")
    page.goto("/verify")
    waiting = page.locator(".reports > li").first
    expect(waiting).to_contain_text("来月まで満員です")
    assert no_sideways_scrolling(page)
    snapshot(page, "reports", size)
    waiting.locator("button:has-text('反映する')").click()
    expect(page.locator("[role=status]")).to_be_visible()
    page.goto(resource)
    expect(page.locator("section.card").first).to_contain_text("空きなし")


def test_one_tap_says_that_a_suggestion_is_wrong(page: Page, enter, size: str) -> None:
    enter(page, "support")
    page.goto("/people")
    page.click("li.person h2 a")
    page.wait_for_url(
        "**/people/*"
    )  # its scripts run: without them the answer is a page of its own
    first = page.locator("li.suggestion").first
    first.locator("button:has-text('情報が違う')").click()
    expect(first.locator("[role=status]")).to_contain_text("受け付けました")


def test_without_signing_in_there_is_only_the_sign_in_page(page: Page, size: str) -> None:
    page.goto("/people")
    expect(page.locator("input[name=password]")).to_be_visible()
    assert page.url.endswith("/signin?next=/people")


def test_from_reception_to_the_first_step_of_a_placement(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "support")
    page.goto("/people")
    page.click("a:has-text('相談を受け付ける')")
    page.fill("input[name=label]", f"架空{size}")
    page.fill("textarea[name=summary]", "（架空）家にこもりがち。静かな所なら行けそう。")
    for purpose in ("support", "meeting", "referral"):
        page.check(f"input[name=purposes][value={purpose}]")
    snapshot(page, "reception", size)
    assert no_sideways_scrolling(page)
    page.click("p.submit button")
    page.fill("input[name=address]", "南大塚三丁目")
    page.select_option("select[name=weight-withdrawal]", "3")
    assert no_sideways_scrolling(page)
    page.click("p.submit button")
    first = page.locator("li.suggestion").first
    expect(first).to_be_visible()
    name = first.locator("h3 a").inner_text()
    first.locator("details.start summary", has_text="打診した").click()
    first.locator("input[name=told][value=need]").check()
    first.locator("details.start button", has_text="打診した").click()
    placements = page.locator("#placements")
    expect(placements).to_contain_text(name)
    expect(placements.locator("[aria-current=step]")).to_have_text("打診")
    placements.locator("summary", has_text="段階を進める").click()
    page.select_option("#placements select[name=target]", "declined")
    page.select_option("#placements select[name=reason]", "full")
    assert no_sideways_scrolling(page)
    snapshot(page, "case", size)
    placements.locator("button", has_text="記録する").click()
    expect(page.locator("#placements")).to_contain_text("満員")
    expect(page.locator("#placements")).to_contain_text("もう一度提案できます")
    expect(page.locator("#consent")).to_contain_text("困りごと・希望")


def test_a_host_answers_with_one_tap_and_staff_hear_of_it(
    page: Page, enter, snapshot, size: str
) -> None:
    enter(page, "support")
    page.goto("/people")
    page.click("li.person h2 a")
    page.locator("li.suggestion button:has-text('名前を出さずに空きを聞く')").first.click()
    link = page.locator("textarea.link").input_value()
    assert no_sideways_scrolling(page)
    page.context.clear_cookies()
    page.goto(link)
    expect(page.locator("nav")).to_have_count(0)
    assert no_sideways_scrolling(page)
    snapshot(page, "room", size)
    page.click("button:has-text('空きがあります')")
    expect(page.locator("[role=status]")).to_contain_text("ありがとうございました")
    enter(page, "support")
    expect(page.locator(".told").first).to_contain_text("空きの返事がありました")
    snapshot(page, "home", size)
