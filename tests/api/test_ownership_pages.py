"""The pages of ownership, control and rings: what each shows to whom, in both languages, and where its links lead."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from httpx import Response

from api.auth import ACTIONS, ROLES
from api.commands import opened
from api.site.words import LANGUAGES, Words, percent
from tests.api.books import Home as Files
from tests.api.conftest import TODAY, Loaded, run
from tests.api.service import Callers, serving

_ID_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)")
PARTS = ("ownership", "control", "rings")


@pytest.fixture(scope="module")
def http(town: Loaded) -> Iterator[Callers]:
    """The service over the demo town."""
    with serving() as callers:
        yield callers


def get(http: Callers, role: str | None, path: str, language: str = "zh") -> Response:
    """A page as somebody signed in with the key of a role, None = nobody."""
    http.client.cookies.clear()
    if role:
        http.client.post("/sign-in", data={"key": http.keys[role], "purpose": "a test"})
    found: Response = http.client.get(path, headers={"accept": "text/html", "accept-language": language})
    return found


def text(page: Response) -> str:
    """What a page says, without its marks."""
    assert page.status_code == 200, page.text[:400]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def hrefs(page: Response) -> set[str]:
    """Where the links of a page lead, but for places on it and the other language."""
    found = re.findall(r'<a (?![^>]*class="language")[^>]*href="(/[^"#]*)', page.text)
    return {unescape(path) for path in found}


def ring_member(relation: str) -> str:
    """The id of a subject of the town that is in a ring of a relation of two or three."""
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        next_of: dict[str, set[str]] = {}
        for edge in reader.scan_edges(view, (relation,)):
            next_of.setdefault(edge.source, set()).add(edge.target)
    return next(
        a for a in sorted(next_of) for b in next_of[a] for c in {b} | next_of.get(b, set()) if a in next_of.get(c, ())
    )


def in_concert() -> str:
    """The id of the company of the town at which two holders act in concert."""
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        concert = next(n for n in reader.scan_nodes(view) if n.props.get("arrangement_kind") == "一致行动")
        return reader.neighbours(view, [concert.id], ("votes_at",), "out")[0].target


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_holder_is_told_with_his_share_its_chains_and_their_rows(
    http: Callers, town: Loaded, language: str
) -> None:
    page = get(http, "investigator", f"/subjects/{town.town.company}/ownership", language)
    body = http.get("investigator", f"/entities/{town.town.company}/ownership").json()
    said, words = text(page), Words(language)
    assert page.headers["content-language"] == language
    edges = {edge["id"]: edge for edge in body["edges"]}
    drawn = page.text[page.text.index("<svg") : page.text.index("</svg>")]
    for row in body["integrated"]:
        assert f"{percent(row['pct'])} = {row['exact']} {words('own.level_n', n=row['level'])}" in said
        assert f">{row['owner']['name']}<" in drawn
        for chain in row["chains"]:
            for ref in chain["edges"]:
                edge = edges[ref]
                link = f'href="/subjects/{edge["from"]}/links/{ref}"'
                assert f"—<a {link}>{percent(edge['share'])}</a>→" in page.text
                assert f'href="/rows/{edge["evidence"][0]["seq"]}"' in page.text
                assert f'<a {link}><text class="label"' in drawn
    assert words("own.rule") in said
    foot = words(
        "answer.foot", level=words("level.2"), as_of=TODAY, known_at=body["known_at"], explored=body["explored"]
    )
    assert " ".join(foot.split()) in said
    assert not _ID_NUMBER.search(page.text.replace(town.town.company, ""))


@pytest.mark.parametrize("role", [None, "investigator"])
def test_every_link_leads_to_a_page_and_keeps_the_day(http: Callers, town: Loaded, role: str | None) -> None:
    subjects = (town.town.company, in_concert(), ring_member("shareholder_of"), ring_member("guarantor_for"))
    met: set[str] = set()
    for subject in subjects:
        for part in PARTS:
            page = get(http, role, f"/subjects/{subject}/{part}?as_of=2026-09-30")
            assert page.status_code == 200
            found = hrefs(page)
            kept = {path for path in found if path.startswith(("/subjects/", "/rows/", "/records/"))}
            assert all(path.endswith("?as_of=2026-09-30") for path in kept), kept
            met |= found
    assert len(met) > 30
    for path in sorted(met):
        assert http.client.get(path, headers={"accept": "text/html"}).status_code == 200, path


def test_the_day_that_is_asked_decides_who_holds(http: Callers, town: Loaded) -> None:
    path = f"/subjects/{town.town.company}/ownership"
    now, then = (get(http, "investigator", path + query) for query in ("", "?as_of=2010-01-01"))
    assert "第 2 层" in text(now)
    assert "第 2 层" not in text(then)
    assert "2010-01-01" in text(then)


@pytest.mark.parametrize("role", [None, *ROLES])
def test_beneficial_owners_stand_on_the_page_of_authorities_only(http: Callers, town: Loaded, role: str | None) -> None:
    page = get(http, role, f"/subjects/{town.town.company}/control?rule=CN-2017-235")
    said = text(page)
    allowed = role in ACTIONS["read_owners"]
    assert ("受益所有人" in said) is ("CN-2017-235" in said) is ('<select name="rule"' in page.text) is allowed
    # Whoever sees less than everything is told so, whether or not something is hidden.
    assert (Words("zh")("own.notice") in said) is (ROLES[role or "public"].level < 2)


def test_owners_are_told_by_the_rule_of_the_day_or_the_one_that_is_chosen(http: Callers, town: Loaded) -> None:
    path = f"/subjects/{town.town.company}/control"
    body = http.get("investigator", f"/entities/{town.town.company}/beneficial-owners").json()
    page = get(http, "investigator", path, "en")
    said = text(page)
    for row in body["results"]:
        assert f"{row['criterion']['article']} {row['criterion']['en']}" in said
        assert f"{percent(row['pct'])} of the shares, {percent(row['votes_pct'])} of the votes" in said
    assert "Art. 6(1) asks for 25% or more; has 15%" in said
    assert [f"{c['article']} {c['en']}" in said for c in body["switched_off"]] == [True, True]
    assert "CN-2017-235 受益" not in said.split("In force since")[1]
    old = text(get(http, "investigator", f"{path}?rule=CN-2017-235", "en"))
    assert "in order; the first that finds anybody decides" in old
    assert "No rule set was in force on 2001-01-01" in text(get(http, "investigator", f"{path}?as_of=2001-01-01", "en"))
    assert get(http, "investigator", f"{path}?rule=EU").status_code == 400


@pytest.mark.parametrize("language", LANGUAGES)
def test_control_is_an_argument_in_steps_and_sisters_are_context(http: Callers, town: Loaded, language: str) -> None:
    page = get(http, "investigator", f"/subjects/{town.town.company}/control", language)
    body = http.get("investigator", f"/entities/{town.town.company}/controllers").json()
    said, words = text(page), Words(language)
    places = [said.index(words("ctl.step", pct=percent(step["pct"]))) for step in body["by_votes"][0]["steps"]]
    assert places == sorted(places)
    for step in body["by_votes"][0]["steps"]:
        for by in step["by"]:
            assert f'/subjects/{by["holder"]["id"]}/links/{by["edge"]}">{percent(by["pct"])}</a>' in page.text
    assert words("ctl.reason.controlled") in said
    assert words("ctl.reason.not_over_half") in said
    assert words("ctl.rule") in said
    assert said.index(words("grp.sisters")) < said.index(words("grp.context"))


def test_who_acts_in_concert_controls_together(http: Callers, town: Loaded) -> None:
    company = in_concert()
    page = get(http, "investigator", f"/subjects/{company}/control")
    body = http.get("investigator", f"/entities/{company}/controllers").json()
    told = body["by_votes"][0]
    assert f'<a href="/records/{told["agreement"]["id"]}">一致行动协议 {told["agreement"]["name"]}</a>' in page.text
    assert f"{'、'.join(one['name'] for one in told['members'])}" in text(page).replace(" ", "")
    assert Words("zh")("ctl.reason.together") in text(page)
    shown = text(get(http, None, f"/subjects/{company}/control"))
    assert told["agreement"]["name"] not in shown
    assert Words("zh")("ctl.nobody") in shown


@pytest.mark.parametrize(("relation", "kind"), [("shareholder_of", "shareholding"), ("guarantor_for", "guarantee")])
def test_a_ring_is_drawn_with_what_each_arrow_is_worth(http: Callers, town: Loaded, relation: str, kind: str) -> None:
    member = ring_member(relation)
    page = get(http, "investigator", f"/subjects/{member}/rings")
    ring = http.get("investigator", f"/entities/{member}/rings").json()["results"][0]
    drawn = page.text[page.text.index("<svg") : page.text.index("</svg>")]
    assert Words("zh")(f"ring.{kind}") in text(page)
    for edge in ring["edges"]:
        worth = percent(edge["share"]) if relation == "shareholder_of" else f"{int(edge['amount_yuan']):,} 元"
        assert f'<a href="/subjects/{edge["from"]}/links/{edge["id"]}">{worth}</a>' in drawn
    for one in ring["members"]:
        assert f"/subjects/{one['id']}" in drawn
        assert one["name"] in text(page)
    if kind == "guarantee":
        assert f"{int(ring['exposed_yuan']):,} 元" in text(page)
    assert Words("zh")("ring.none") in text(get(http, None, f"/subjects/{town.town.company}/rings"))


def test_what_if_stands_beside_what_is_and_nothing_is_stored(http: Callers, town: Loaded) -> None:
    company, related = town.town.company, town.town.related
    before = run("verify", "--json").body
    sold = http.get("investigator", f"/entities/{company}/ownership").json()["integrated"][0]["chains"][0]["edges"][0]
    asked = {"without": [sold], "with": [{"owner": related, "owned": company, "pct": "60"}]}
    body = http.post("investigator", f"/entities/{company}/what-if", json=asked).json()
    page = get(http, "investigator", f"/subjects/{company}/ownership?without={sold}&owner={related}&pct=60%25", "en")
    said = text(page)
    assert "nothing of it is stored" in said
    assert "Control stays as it is." in said
    answer = page.text[page.text.index('role="status"') :]
    for row in body["changed"]:
        now, then = percent(row["now"]), percent(row["then"])
        assert re.search(rf"{row['owner']['name']}</a>.*?{re.escape(now)}</td>.*?{re.escape(then)}<", answer, re.S)
    assert f'<option value="{sold}" selected>' in page.text
    path = f"/subjects/{company}/ownership"
    gone = text(get(http, None, f"{path}?without={sold}", "en"))
    assert "Control would change." in gone
    number = "11010519491231002X"
    for query in (f"owner={number}&pct=1", f"owner={related}&pct=三成", "without=e" + "0" * 23):
        refused = get(http, "investigator", f"{path}?{quote(query, safe='=&')}")
        assert refused.status_code == 400
        assert number not in refused.text
    assert 'role="status"' not in get(http, None, f"{path}?without=&owner=&owned={company}&pct=").text
    assert run("verify", "--json").body == before


def test_a_person_is_shown_what_he_holds_and_controls(http: Callers, town: Loaded) -> None:
    body = http.get("investigator", f"/entities/{town.town.company}/controllers").json()
    person = body["controller"][0]["id"]
    page = get(http, "investigator", f"/subjects/{person}/ownership")
    held = http.get("investigator", f"/entities/{person}/holds").json()["results"]
    said = text(page)
    assert len(held) > 1
    for row in held:
        assert f"{row['company']['name']} {row['company']['uscc']}" in said
        assert f"{percent(row['pct'])} = {row['exact']} " + ("控制" if row["controlled"] else "不控制") in said
    assert "假如" not in said
    assert "控制的企业" in text(get(http, "investigator", f"/subjects/{person}/control"))
    assert get(http, None, "/subjects/nobody/ownership").status_code == 404


def test_several_of_one_name_are_led_to_the_page_that_was_asked(http: Callers) -> None:
    for part in PARTS:
        page = get(http, "investigator", f"/subjects/黎伯衡/{part}")
        assert page.status_code == 409
        assert len(set(re.findall(rf'href="(/subjects/n\w+/{part})"', page.text))) > 1


def test_the_file_leads_there_and_says_the_most_important(http: Callers, town: Loaded) -> None:
    page = get(http, "investigator", f"/subjects/{town.town.company}?as_of=2026-09-30", "en")
    body = http.get("investigator", f"/entities/{town.town.company}/ownership").json()
    for part in PARTS:
        assert re.search(rf'href="/subjects/n\w+/{part}\?as_of=2026-09-30"', page.text)
    start = page.text.index('id="summary"')
    summary = page.text[start : page.text.index("</section>", start)]
    assert body["controller"][0]["name"] in summary
    major = [row["owner"]["name"] for row in body["integrated"] if row["pct"] >= 25]
    assert sorted(major, key=summary.rindex) == major
    small = {row["owner"]["name"] for row in body["integrated"]} - set(major)
    assert small
    assert not any(name in summary for name in small)


def _odd_rows(town: Loaded) -> tuple[dict[str, str], list[str]]:
    """Names of companies by their codes, and rows of holdings for all that can be odd about them."""
    lines = (town.town.folder / "registry.csv").read_text("utf-8-sig").splitlines()[1:14]
    names = dict(line.split(",")[1::-1] for line in lines)
    names = {code: name for code, name in names.items() if code.startswith("91")}
    codes = [*names]
    maker, weaver = town.town.persons["maker"], town.town.persons["weaver"]

    def held(at: int, who: Any, pct: object, day: str = "2015-01-01") -> str:
        if isinstance(who, int):
            holder = f"{names[codes[who]]},企业法人,{codes[who]},"
        else:
            holder = f"{who},自然人,," if isinstance(who, str) else f"{who.name},自然人,,{who.id_no}"
        return f"{names[codes[at]]},{codes[at]},{holder},,{pct},{day},{day},"

    rows = [
        *(held(0, maker, 60), held(0, maker, 70, "2018-01-01"), held(0, 1, 50), held(1, "易航", "")),
        *(
            held(2, 3, 100),
            held(3, 2, 100),
            held(4, 2, 20),
            *(held(4, f"赵{chr(0x5000 + n)}", 0.5) for n in range(101)),
        ),
        *(held(5, 5, 10), held(5, weaver, 60), held(5, "<b>甲</b>", 5), held(6, weaver, 60)),
    ]
    return names, rows


def test_what_is_odd_is_explained_and_what_a_file_says_is_text(
    town: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, rows = _odd_rows(town)
    codes = [*names]
    home = Files(tmp_path / "odd", monkeypatch.setenv, town.town.folder)
    assert home.rows("shareholders", *rows)["accepted"] == len(rows)
    maker = town.town.persons["maker"]
    controller = f"{names[codes[6]]},{codes[6]},{maker.name},{maker.id_no},实际控制人,否,2016-01-01,"
    assert home.rows("officers", controller)["accepted"] == 1
    with serving() as http:

        def shown(place: int, part: str, language: str = "zh") -> str:
            page = get(http, "investigator", f"/subjects/{codes[place]}/{part}", language)
            assert "<b>甲" not in page.text
            return text(page)

        for language in LANGUAGES:
            words, said = Words(language), shown(0, "ownership", language)
            for name in ("disagree", "over_100", "missing_share"):
                assert words(f"odd_why.{name}") in said
            assert f"易航 · {words('own.at_most', pct='50%')}" in said
            assert said.count(words("own.at_most", pct="50%")) == 2  # in the drawing too
            assert words("own.not_counted_hint") in said
            closed = shown(2, "ownership", language)
            assert words("own.no_sum") in closed and words("own.unnumbered_hint") in closed
            assert words("own.no_number") in closed and words("own.shares_hint") not in closed
            assert words("ctl.mutual") in shown(2, "control", language)
            many = shown(4, "ownership", language)
            assert words("own.more_holders", n=3) in many and words("own.no_chains") in many
            assert words("own.drawing_more", n=93) in many
        assert "27.7778%" in shown(5, "ownership") and "<b>甲</b>" in shown(5, "ownership")
        assert Words("zh")("odd_why.self_holding") in shown(5, "ownership")
        declared = shown(6, "control")
        assert declared.index("申报的实际控制人") < declared.index(maker.name) < declared.index("按表决权推算")
        assert Words("zh")("ctl.declared_first") in declared
        assert Words("zh")("own.nobody_more") in shown(7, "ownership")
        assert Words("zh")("ctl.nobody_more") in shown(7, "control")
