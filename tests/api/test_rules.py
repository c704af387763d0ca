"""``creditgraph rules``: a row as a page, a changed catalogue as lines, and tried on the demo town."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.measures.catalogue import standing_catalogue
from graph.measures.terms import FOLDER
from tests.api.conftest import Loaded, Run, run

PACK = """
issuer: 甲县社会信用办
division: "990001"
basis: 甲信用〔2026〕1号
rows:
  M087: {reason: units only, applies_to: [enterprise]}
"""


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the catalogue with the texts of some files changed: name, old, new."""

    def make(*edits: tuple[str, str, str]) -> Path:
        folder = tmp_path / "catalogue"
        shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
        for name, old, new in edits:
            text = (folder / name).read_text(encoding="utf-8")
            assert old in text
            (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return make


def _told(*arguments: str) -> tuple[str, Run]:
    answer = run("rules", *arguments)
    return answer.out, answer


def test_a_row_is_a_page_with_its_law_its_body_and_its_cases() -> None:
    page, answer = _told("show", "m003")
    assert answer.code == 0
    for line in (
        "M003 限制乘坐飞机、列车软卧、G字头动车组等 (consequence, restriction, consumption/transport)",
        "  law: 法释〔2015〕17号 Art.3(1)(9); 协助执行通知书",
        "  decides: court",
        "  carried out by: 民航; 铁路; 航运",
        "  proposed: yes",
        "  does not reach, for example:",
        "      person, asked on 2026-10-01: record of 2024-02-10: consumption_restriction_order withdrawn",
        "      → refused to subject: record_ended",
    ):
        assert line in page.splitlines()
    assert "  law from: 2024-07-01" in _told("show", "M008")[0]
    assert "proposed: no: switched off until a lawyer has read the law in force" in _told("show", "M033")[0]
    body = run("rules", "show", "M002", "--json").body
    assert (body["deciding_body"], body["hop_limit"], len(body["cases"])) == ("court", "1", 19)


def test_every_row_has_a_page() -> None:
    for row in standing_catalogue().measures:
        page, answer = _told("show", row.id)
        assert answer.code == 0
        assert row.legal_basis in page and f"decides: {row.deciding_body}" in page


def test_an_unknown_row_and_a_missing_folder_are_problems(tmp_path: Path) -> None:
    assert (_told("show", "M999")[1].code, _told("show", "M999")[1].body["status"]) == (2, 404)
    assert _told("diff", str(tmp_path / "none"))[1].body["title"] == "no such rules"


def test_a_changed_folder_is_told_one_line_a_change(changed: Callable[..., Path]) -> None:
    assert _told("diff", str(changed()))[0] == "no change\n"
    folder = changed(("tax.yaml", "basis_checked_on: null", "basis_checked_on: 2026-11-01"))
    assert _told("diff", str(folder))[0] == "M022: basis_checked_on: (none) → 2026-11-01\n"


def test_a_folder_that_breaks_the_rules_is_refused_with_every_breach(changed: Callable[..., Path]) -> None:
    folder = changed(
        ("tax.yaml", "hop_limit: 1", "hop_limit: 0"),
        ("rewards.yaml", "deciding_body: 政务服务部门", "deciding_body: ''"),
        ("cases/market.yaml", "  positive:", "  possible:"),
    )
    for verb in ("diff", "simulate"):
        answer = run("rules", verb, str(folder))
        assert (answer.code, answer.body["title"], len(answer.body["breaches"])) == (2, "rules refused", 3)
        for part in ("M022: hop_limit 0", "W001: deciding_body", "cases/market.yaml"):
            assert part in answer.err


def test_a_new_row_needs_cases(changed: Callable[..., Path]) -> None:
    folder = changed()
    (folder / "cases" / "market.yaml").unlink()
    assert run("rules", "diff", str(folder)).body["breaches"] == [
        f"{row}: no {word} case" for row in ("M088", "M089") for word in ("positive", "negative")
    ]


def test_a_rule_pack_is_compared_like_a_folder_and_may_not_widen(tmp_path: Path) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text(PACK, encoding="utf-8")
    assert _told("diff", str(pack))[0] == "M087: applies_to: org; person → enterprise\n"
    pack.write_text(PACK.replace("[enterprise]", "[project]"), encoding="utf-8")
    assert run("rules", "diff", str(pack)).body["breaches"] == ["M087: applies_to: project is not within org, person"]


def test_rules_are_tried_on_the_town(town: Loaded, changed: Callable[..., Path], tmp_path: Path) -> None:
    on = changed(
        ("market_access.yaml", "name_zh: 失信被执行人招标投标限制\n    act: consequence\n    enabled: false",
         "name_zh: 失信被执行人招标投标限制\n    act: consequence\n    enabled: true"),
    )  # fmt: skip
    path = on / "market_access.yaml"
    head, tail = path.read_text(encoding="utf-8").split("  - id: M075", 1)
    path.write_text(
        f"{head}  - id: M075{tail.replace('confidence: known', 'confidence: verified', 1)}", encoding="utf-8"
    )
    cases = on / "cases" / "market_access.yaml"
    text = cases.read_text(encoding="utf-8")
    mine = "records: [listed_dishonest_debtor], switched_off: true}"
    cases.write_text(
        text.replace(mine, "records: [listed_dishonest_debtor], proposed: [subject]}", 1), encoding="utf-8"
    )
    answer = run("rules", "simulate", str(on), "--json")
    (row,) = answer.body["measures"]
    assert (answer.code, row["measure"]) == (0, "M075")
    listed = {e["party"]["id"] for e in row["newly"]["examples"]}
    assert answer.body["newly"] == row["newly"]["count"] == len(listed) > 3
    assert answer.body["refused"] == {"record_ended": row["refused"]["record_ended"]["count"]}
    out, _ = _told("simulate", str(on))
    assert f"would newly reach {answer.body['newly']}, cease for 0, refuse" in out
    early = run("rules", "simulate", str(on), "--as-of", "2020-01-01", "--json")
    assert early.body["newly"] == 0

    pack = tmp_path / "pack.yaml"
    pack.write_text(PACK, encoding="utf-8")
    narrower = run("rules", "simulate", str(pack), "--json").body
    assert narrower["newly"] == 0 and set(narrower["ceases"]) == {"narrowed"}
    parties = [e["party"]["kind"] for e in narrower["measures"][0]["ceases"]["narrowed"]["examples"]]
    assert "person" in parties


def test_a_trial_is_in_the_audit_with_the_persons_it_told(town: Loaded, tmp_path: Path) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text(PACK, encoding="utf-8")
    log = sorted((town.home / "audit").glob("*"))

    def rows() -> str:
        return "".join(path.read_text(encoding="utf-8") for path in log)

    before = rows()
    run("rules", "show", "M002")
    run("rules", "diff", str(pack))
    assert rows() == before
    body = run("rules", "simulate", str(pack), "--purpose", "trial of a pack", "--json").body
    persons = {
        e["party"]["id"]
        for e in body["measures"][0]["ceases"]["narrowed"]["examples"]
        if e["party"]["kind"] == "person"
    }
    added = rows()[len(before) :]
    assert '"action":"CLI rules"' in added.replace(": ", ":")
    assert persons and all(person in added for person in persons)
