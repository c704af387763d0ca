"""The desk in Chromium: an officer notices and decides, another one enforces, a department takes on and reports."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from api.keys import create_key
from graph.book.home import home_from_environment
from tests.api.conftest import TODAY, run
from tests.api.desk import begun, found
from tests.e2e.conftest import Open, Site
from tests.e2e.looking import looked_at, narrow

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(site: Site) -> Iterator[Site]:
    """The site with cases begun, keys of a second officer and of a department."""
    begun(body="court")
    home = home_from_environment()
    site.keys["other court"] = create_key(home, "court")["key"]
    site.keys["征信机构"] = create_key(home, "department", body="征信机构")["key"]
    for case in found(body="court", measure="M006", kind="measure")[-2:]:
        _in_force(case["id"])
    yield site


def _in_force(case: str) -> None:
    """Enter what a court has done on paper."""
    number = ("--document-no", "（2026）闽9801执2号")
    for step, more in (("notice", number), ("decide", (*number, "--reason", "核对")), ("enforce", ("--by", "乙"))):
        done = run("cases", "act", case, step, "--body", "court", "--on", TODAY, *more, "--json")
        assert done.code == 0, done.body


def _step(page: Page, step: str, **fields: str) -> None:
    """Fill in the form of a step and send it."""
    for name, value in fields.items():
        page.fill(f"#{step} [name={name}]", value)
    page.click(f"#{step} button")


@pytest.mark.parametrize(("language", "subject"), [("zh", "91359802TY00000R6K"), ("en", "91359804TY0000101W")])
def test_an_officer_notices_and_decides_and_another_one_enforces(
    desk: Site, open_as: Open, language: str, subject: str
) -> None:
    page = open_as("court", language, script=True)
    page.click("nav a[href='/desk']")
    looked_at(page, f"desk-{language}")
    narrow(page)
    page.goto(f"/subjects/{subject}")
    page.locator("#cases ~ table a[href^='/desk/']", has_text="M006").first.click()
    case = page.url
    expect(page.locator("#records ~ table a[href^='/rows/']").first).to_be_visible()
    expect(page.locator("#check ~ ul li").first).to_be_visible()
    _step(page, "notice", document_no="（2026）闽9801执1号", noticed_on=TODAY)
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("header.file .status")).to_have_text({"zh": "已告知", "en": "noticed"}[language])
    page.click("#decide button")
    assert page.url.split("?")[0] == case, "a reason is required"
    told = {"reason": "拒不履行", "document_no": "（2026）闽9801执1号之一"}
    _step(page, "decide", **told, decided_on="2026-09-01")
    beside = page.locator("#decide [name=decided_on] + p[role=alert]")
    expect(beside).to_have_attribute("id", "decide-decided_on-error")
    expect(page.locator("#decide [name=decided_on]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#decide [name=reason]")).to_have_value("拒不履行")
    looked_at(page, f"case-error-{language}")
    narrow(page)
    _step(page, "decide", decided_on=TODAY)
    expect(page.locator("form#enforce")).to_have_count(0)
    expect(page.locator(".acting")).to_contain_text({"zh": "另一人", "en": "Another person"}[language])
    looked_at(page, f"case-decided-{language}")
    page = open_as("other court", language)
    page.goto(case)
    _step(page, "enforce", in_force_on=TODAY)
    expect(page.locator("header.file .status")).to_have_text({"zh": "生效中", "en": "in force"}[language])
    expect(page.locator("#tasks ~ table tbody tr")).to_have_count(2)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_department_takes_on_and_reports_its_task(desk: Site, open_as: Open, language: str) -> None:
    page = open_as("征信机构", language, script=True)
    page.goto("/desk")
    expect(page.locator("header .role")).to_contain_text("征信机构")
    page.locator("table.desk tr", has_text={"zh": "已下发", "en": "sent"}[language]).first.locator("a").first.click()
    expect(page.locator("#decided ~ ol li")).to_have_count(3)
    _step(page, "acknowledge", acknowledged_on=TODAY)
    _step(page, "report", effect="已在征信系统记录", reported_on=TODAY)
    expect(page.locator("header.file .status")).to_have_text({"zh": "已反馈", "en": "reported"}[language])
    expect(page.locator("#steps ~ ol")).to_contain_text("已在征信系统记录")
    looked_at(page, f"task-{language}")
    narrow(page)
    page.goto("/desk?state=release.sent")
    expect(page.locator("section.empty")).to_be_visible()
    looked_at(page, f"desk-none-{language}")


def test_whoever_may_only_look_is_told_so(desk: Site, open_as: Open) -> None:
    page = open_as("investigator", script=True)
    page.goto("/desk?measure=M002&kind=measure")
    page.click("table.desk tbody a >> nth=0")
    expect(page.locator(".acting form")).to_have_count(0)
    expect(page.locator(".acting")).to_contain_text("只能查看")
    looked_at(page, "case-looked-at")
    page = open_as("operator", script=True)
    page.goto("/desk?measure=M002&kind=measure")
    page.click("table.desk tbody a >> nth=0")
    expect(page.locator("#refuse [name=body]")).to_have_value("court")
    _step(page, "refuse", reason="已提供充分担保")
    expect(page.locator("header.file .status")).to_have_text("不予实施")
    page = open_as(None)
    page.goto("/desk")
    expect(page.locator("h1")).to_have_text("无权查看")
    assert page.locator("nav a[href='/desk']").count() == 0
