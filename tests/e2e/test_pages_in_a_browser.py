"""Every page in Chromium: what a person does, both languages, wide and printed, nothing that shuts people out.

``CREDITGRAPH_SHOTS`` names a folder for a picture of every page.
"""

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.api.queue import load
from tests.composed import CODE_A, DEBT, GUARANTEE, A, B, P, judgment
from tests.e2e.conftest import Open, Site
from tests.e2e.looking import looked_at, narrow

pytestmark = pytest.mark.browser


def _in_a_ring(site: Site) -> str:
    """The code of a company whose guarantees lead round."""
    return site.town.town.cast.fillers[0].uscc


def _addresses(site: Site) -> dict[str, str]:
    company, related = site.town.town.company, site.town.town.related
    return {
        "home": "/",
        "found": "/?q=荻苇",
        "not-found": "/?q=查无此",
        "file": f"/subjects/{company}",
        "neighbours": f"/subjects/{company}/neighbours?relation=shareholder_of&direction=in",
        "reach": f"/subjects/{company}/reach",
        "reach-of-a-person": "/subjects/黎伯衡/reach",
        "ownership": f"/subjects/{company}/ownership",
        "control": f"/subjects/{company}/control",
        "rings": f"/subjects/{_in_a_ring(site)}/rings",
        "documents-form": "/documents",
        "documents": "/documents?q=" + quote("连带清偿 “借款本金”"),
        "documents-narrow": "/documents?q=货款&court=汀北&role=被告&from=2024-01-01",
        "documents-none": "/documents?q=查无此词",
        "path-form": "/paths",
        "path": f"/paths?from={company}&to={related}",
        "path-by-evidence": f"/paths?from={company}&to={related}&rank=evidence&soft=true",
        "no-path": f"/paths?from={company}&to={related}&max_depth=1",
        "lists": "/lists",
        "list": "/lists/L01",
        "delta": "/lists/L01/delta",
        "no-change": "/lists/L01/delta?since=99999",
        "measures": "/measures",
        "measure": "/measures/M002",
        "batches": "/batches",
        "batch": "/batches/b000013",
        "problem": "/subjects/nobody",
        "several": "/subjects/黎伯衡",
        "sign-in": "/sign-in",
    }


#: What the public sees otherwise than an investigator; its other pages differ in nothing but their rows.
_PUBLIC = (
    "home",
    "found",
    "file",
    "ownership",
    "control",
    "documents-form",
    "documents",
    "reach",
    "delta",
    "batches",
    "sign-in",
)


@pytest.mark.parametrize(("role", "language"), [(None, "zh"), ("investigator", "zh"), ("investigator", "en")])
def test_every_page_can_be_read(site: Site, open_as: Open, role: str | None, language: str) -> None:
    page = open_as(role, language, script=True)
    for name, path in _addresses(site).items():
        if role is None and name not in _PUBLIC:
            continue
        page.goto(path)
        expect(page.locator("h1").first).to_be_visible()
        assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[language]
        looked_at(page, f"{role or 'public'}-{language}-{name}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_of_a_text_lead_to_their_place_and_to_the_chain_of_the_case(
    site: Site, open_as: Open, language: str
) -> None:
    page = open_as("investigator", language)
    page.goto("/")
    page.click("main a[href='/documents']")
    page.fill("input[name=q]", "连带清偿责任")
    page.click("summary >> nth=0")
    page.fill("input[name=party]", site.town.town.company)
    page.fill("input[name=role]", "被告")
    page.click("main button >> nth=0")
    expect(page.locator("article.document")).to_have_count(2)  # a first instance and its appeal
    assert page.locator("blockquote mark").first.inner_text() == "连带清偿责任"
    found = page.url
    page.click("blockquote a.place >> nth=-1")
    assert page.locator("mark.word").count() >= 2
    assert page.locator(":target").inner_text() == "连带清偿责任"
    expect(page.locator(":target")).to_be_in_viewport()
    page.goto(found)
    page.click("article.document a[href$='#chain']")
    expect(page.locator("#chain")).to_be_visible()
    assert page.locator("section.path .proof a").count() >= 5
    page = open_as("investigator", language, script=True)
    for name, path in {"documents-of-a-party": found, "chain": "/records/" + _enforced(site, page)}.items():
        page.goto(path)
        looked_at(page, f"{name}-{language}")
    expect(page.locator("section.path li.node")).to_have_count(3)
    expect(page.locator("section.path")).to_contain_text({"zh": "被执行人", "en": "judgment debtor"}[language])
    page.goto(found)
    page.click("article.document h3 a >> nth=0")
    looked_at(page, f"text-with-words-{language}")


def _enforced(site: Site, page: Page) -> str:
    """The id of a document of an enforcement."""
    page.goto("/documents?q=划拨被执行人")
    link = page.locator("article.document a[href$='#chain']").first.get_attribute("href")
    assert link
    return link.removeprefix("/records/").removesuffix("#chain")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_investigator_gets_from_a_name_to_the_words_that_prove_it(site: Site, open_as: Open, language: str) -> None:
    page = open_as("investigator", language, script=True)
    page.goto("/")
    page.fill("input[name=q]", "荻苇机电")
    page.click("main button")
    page.click("text=岚汀市荻苇机电设备有限公司 >> nth=0")
    file = page.url
    page.click("a.quote >> nth=0")
    assert page.locator("mark:target").inner_text() in ("黎伯衡", "岚汀市荻苇机电设备有限公司")
    looked_at(page, f"text-{language}")
    page.goto(file)
    page.click("a.claims >> nth=0")
    looked_at(page, f"claims-{language}")
    assert page.locator("dl.claim dt").count() >= 6
    page.click("dl.claim .proof a >> nth=0")
    looked_at(page, f"row-{language}")
    expect(page.locator("table.source")).to_contain_text("91359802TY0000013H")
    page.goto(file)
    page.click("#records ~ table tbody td a >> nth=0")
    looked_at(page, f"record-{language}")
    page.goto(file)
    page.click("a[href$='/reach']")
    page.click("article.card h3 a >> nth=0")
    expect(page.locator("h1")).to_contain_text("M0")


def test_a_court_posts_a_version_and_reads_what_changed_without_script(
    site: Site, open_as: Open, tmp_path: Path
) -> None:
    folder = site.town.town.folder
    last = json.loads(max(folder.glob("dishonest-debtors-*.json")).read_text("utf-8"))
    entry = json.loads((folder / "dishonest-debtors-2025-04-01.json").read_text("utf-8"))["entries"][0]
    entry |= {"caseCode": "（2026）闽9801执77号", "infoActionType": "add"}
    bad = dict(entry, caseCode="no number")
    head = {"list": "L01", "date": "2026-01-01", "version": "2026-01-01", "kind": "delta", "previous": last["version"]}
    file = tmp_path / "version.json"
    file.write_text(json.dumps(head | {"count": 2, "entries": [entry, bad]}, ensure_ascii=False), "utf-8")
    page = open_as("court")
    page.goto("/batches")
    page.select_option("select[name=source]", "dishonest-debtors")
    page.set_input_files("input[type=file]", str(file))
    page.click("section.card button")
    expect(page.locator("h1")).to_contain_text("回执")
    counts = page.locator("dl.counts dd").all_inner_texts()
    assert int(counts[0]) == sum(map(int, counts[1:6])) == 2
    expect(page.locator("tbody")).to_contain_text("bad_case_no")
    page.goto("/lists/L01/delta")
    expect(page.locator("tbody tr").last).to_contain_text("（2026）闽9801执77号")
    page.click("tbody tr:last-child .proof a")
    expect(page.locator("h1")).to_contain_text("version.json")


def test_a_citizen_is_told_what_is_missing_and_can_sign_out(site: Site, open_as: Open) -> None:
    page = open_as(None)
    page.goto("/batches")
    expect(page.locator("h1")).to_have_text("无权查看")
    page.click("main a[href='/sign-in']")
    page.fill("input[name=key]", "wrong")
    page.click("main button")
    expect(page.get_by_role("alert")).to_be_visible()
    page.fill("input[name=key]", site.keys["investigator"])
    page.click("main button")
    expect(page.get_by_role("alert")).to_contain_text("事由")
    page.fill("input[name=key]", site.keys["investigator"])
    page.fill("input[name=purpose]", "受理 1 号")
    page.click("main button")
    expect(page.locator("header .role")).to_contain_text("调查员")
    page.click("header form button")
    expect(page.locator("header a[href='/sign-in']")).to_be_visible()


def test_the_keyboard_reaches_the_box_the_results_and_the_content(site: Site, open_as: Open) -> None:
    page = open_as(None, script=True)
    page.goto("/lists")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.goto("/")
    expect(page.locator("input[name=q]")).to_be_focused()
    page.keyboard.type("荻苇")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(2)


def test_holders_are_drawn_and_a_holding_can_be_thought_away(site: Site, open_as: Open) -> None:
    page = open_as("investigator", script=True)
    page.goto(f"/subjects/{site.town.town.company}?as_of=2026-09-30")
    page.click("header.file a[href*='/ownership?']")
    expect(page.locator("svg.drawing rect")).to_have_count(5)
    narrow(page)
    page.locator("svg.drawing a", has=page.locator("text.label", has_text="75%")).click()
    expect(page.locator("h1.hop")).to_contain_text(site.town.town.persons["controller"].name)
    assert page.url.endswith("?as_of=2026-09-30")
    page.go_back()
    page.click(".chains a[href*='/rows/'] >> nth=0")
    expect(page.locator("h1")).to_contain_text("shareholders.csv")
    page.go_back()
    option = page.locator("select[name=without] option", has_text="60%")
    page.select_option("select[name=without]", option.get_attribute("value"))
    page.click(".whatif button")
    expect(page.get_by_role("status")).to_contain_text("实际控制会改变")
    assert "as_of=2026-09-30" in page.url
    looked_at(page, "what-if")


def test_control_is_read_step_by_step_and_owners_by_the_rule_chosen(site: Site, open_as: Open) -> None:
    page = open_as("investigator", script=True)
    page.goto(f"/subjects/{site.town.town.company}/control")
    expect(page.locator("ol.steps > li")).to_have_count(2)
    expect(page.locator(".context")).to_be_visible()
    page.select_option("select[name=rule]", "CN-2017-235")
    page.click("#owners ~ form button")
    expect(page.locator("#owners ~ dl.facts").first).to_contain_text("CN-2017-235")
    narrow(page)
    page.click("ol.steps a[href*='/links/'] >> nth=0")
    expect(page.locator("dl.claim").first).to_be_visible()
    page = open_as(None, script=True)
    page.goto(f"/subjects/{site.town.town.company}/control")
    expect(page.locator("#owners")).to_have_count(0)


def test_a_ring_is_a_circle_whose_arrows_lead_to_their_claims(site: Site, open_as: Open) -> None:
    page = open_as("investigator", script=True)
    page.goto(f"/subjects/{_in_a_ring(site)}/rings")
    expect(page.locator("svg.drawing path.line")).to_have_count(3)
    narrow(page)
    page.locator("svg.drawing .label a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1.hop")).to_contain_text("担保人")
    page.goto(f"/subjects/{site.town.town.company}/rings")
    expect(page.locator("main > .empty")).to_be_visible()


def test_paths_are_ranked_by_steps_or_by_evidence(site: Site, open_as: Open) -> None:
    page = open_as("investigator", script=True)
    page.goto(f"/paths?from={site.town.town.company}&to={site.town.town.related}")
    expect(page.locator("section.path")).to_have_count(4)
    page.check("form.ends input[value=evidence]")
    page.check("form.ends input[name=soft]")
    page.click("form.ends button")
    assert "rank=evidence" in page.url
    costs = [head.split()[-1] for head in page.locator("section.path h3").all_inner_texts()]
    assert costs == sorted(costs, key=float) == ["2.0", "3.0"]
    expect(page.locator("form.ends input[value=evidence]")).to_be_checked()
    expect(page.locator("form.ends input[name=soft]")).to_be_checked()
    narrow(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_reviewer_settles_what_the_reader_was_not_sure_of(site: Site, open_as: Open, language: str) -> None:
    page = open_as("reviewer", language, script=True)
    page.goto("/reviews")
    looked_at(page, f"reviews-none-{language}")
    said = (GUARANTEE.format(P, A), DEBT.format(A, B, 3000), DEBT.format(B, A, 20))
    number = {"zh": 9101, "en": 9102}[language]
    load(site.town, judgment(*said, number=number, parties=((A, CODE_A), (P, ""))))
    page.goto("/")
    page.click("nav a[href='/reviews']")
    cards = page.locator("article.review", has_text=f"民初{number}号")
    expect(cards).to_have_count(3)
    expect(cards.locator("mark").first).to_be_visible()
    looked_at(page, f"reviews-{language}")
    card = cards.filter(has=page.locator("mark", has_text="提供担保"))
    card.locator("form:has(input[value=accept]) button").click()
    expect(cards).to_have_count(3)
    assert page.url.endswith("/reviews"), "a reason is required"
    card.locator("form:has(input[value=accept]) textarea[name=reason]").fill("与原文一致")
    card.locator("form:has(input[value=accept]) button").click()
    expect(page.get_by_role("status")).to_be_visible()
    card = cards.filter(has=page.locator("mark", has_text="货款3000元"))
    form = card.locator("form:has(input[value=correct])")
    form.locator("input[name=amount_yuan]").fill("300")
    form.locator("textarea[name=reason]").fill("笔误")
    form.locator("button").click()
    expect(cards).to_have_count(1)
    cards.locator("a.number, a:has(.number)").first.click()
    looked_at(page, f"review-{language}")
    page.locator("form:has(input[value=refuse]) textarea[name=reason]").fill("原文无此意")
    page.locator("form:has(input[value=refuse]) button").click()
    expect(cards).to_have_count(0)
    page.go_back()
    page.reload()
    expect(page.locator("form:has(input[value=undo])")).to_be_visible()
    looked_at(page, f"review-decided-{language}")


def test_a_reviewer_needs_no_script(site: Site, open_as: Open) -> None:
    load(site.town, judgment(GUARANTEE.format(P, A), number=9103, parties=((A, CODE_A), (P, ""))))
    page = open_as("reviewer")
    page.goto("/reviews")
    form = page.locator("form:has(input[value=refuse])").first
    form.locator("textarea[name=reason]").fill("原文无此意")
    form.locator("button").click()
    expect(page.get_by_role("status")).to_contain_text("已记录")
