"""The list of jobs, at a desk and on a phone."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_attempts_of_a_job_have_their_heading_at_either_size(
    page: Page, enter, size: str
) -> None:
    enter(page, "admin")
    page.goto("/jobs")
    cell = page.locator("table.rules tbody tr").first.locator("td").nth(2)
    expect(cell).to_contain_text("/")
    beside = cell.locator("small:has-text('試行')")
    above = page.locator("table.rules thead th:has-text('試行')")
    if size == "phone":
        expect(beside).to_be_visible()
        expect(above).not_to_be_visible()
    else:
        expect(beside).not_to_be_visible()
        expect(above).to_be_visible()
