"""``owners``: beneficial owners of all companies as company by company, from an index that is kept and caught up."""

import csv
import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from api.commands import opened
from api.ownership.beneficial import beneficial_body
from api.ownership.owned import Owned
from graph.analysis.ownership.owners import rule_sets
from graph.model.ids import check_id
from tests.api.books import Home as Files
from tests.api.conftest import TODAY, Loaded, load_town, run

# Compiling what it uses takes some twenty seconds: one worker does it.
pytestmark = pytest.mark.xdist_group("index")

AS_OF = ("--as-of", TODAY, "--json")
_COLUMNS = ("person", "article", "pct", "at_most", "votes_pct", "controls", "sure", "consider")

Told = dict[str, set[tuple[str, ...]]]


def _owners(tmp_path: Path, rule: str) -> tuple[dict[str, Any], list[dict[str, str]], Told]:
    out = tmp_path / "owners.csv"
    done = run("owners", "--out", str(out), "--rule", rule, *AS_OF)
    assert done.code == 0, done.err
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found: Told = {row["company"]: set() for row in rows}
    for row in rows:
        if row["person"]:
            found[row["company"]].add(tuple(row[name] for name in _COLUMNS))
    return done.body, rows, found


def _one_by_one(companies: Told, rule: str) -> Told:
    found: Told = {}
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        for company, node in reader.get(view, sorted(companies)).items():
            results = beneficial_body(Owned(book, reader, view, node), rule_sets()[rule])["results"]
            found[company] = {
                (
                    one["person"]["id"], one["criterion"]["article"], str(one["pct"]), str(one.get("at_most", "")),
                    str(one["votes_pct"]), one["controls"] or "", str(one["sure"]).lower(),
                    str(one["consider"]).lower(),
                )
                for one in results
            }  # fmt: skip
    return found


class _Register:
    """Random holdings among companies and persons of the town: rings, ladders, quarters and halves, a few odd rows."""

    def __init__(self, seed: int, town: Loaded) -> None:
        self.rng = random.Random(seed)
        with (town.town.folder / "registry.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in list(csv.reader(file))[1:] if row[0] and row[12].startswith("存续")]
        rows = [row for row in rows if row[1].startswith("91") and check_id(row[1]).valid]
        self.companies = list(dict.fromkeys(f"{row[0]},企业法人,{row[1]}," for row in rows))
        self.persons = [f"{p.name},自然人,,{p.id_no}" for p in town.town.persons.values() if p.name and p.id_no]

    def row(self, company: str, shares: list[str], start: str = "2015-01-01") -> list[str]:
        """A company with some holders, a company twice as likely as a person."""
        name, _, code, _ = company.split(",")
        some = [c for c in self.companies if c != company] + self.persons
        holders = self.rng.sample(some, len(shares))
        return [f"{name},{code},{h},1,{s},2015-01-01,{start}," for h, s in zip(holders, shares, strict=True)]

    def all(self) -> list[str]:
        """A row for most companies; every twelfth odd."""
        sound = (
            ["25", "75"],
            ["50", "50"],
            ["25", "25", "30"],
            ["60", "40"],
            ["12.5", "33.3"],
            ["100"],
            ["51", "24.9"],
        )
        odd = (["", "40"], ["70", "60"])
        kinds = [self.rng.choice(odd if i % 12 == 5 else sound) for i in range(len(self.companies) - 4)]
        return [
            line for company, shares in zip(self.companies, kinds, strict=False) for line in self.row(company, shares)
        ]


@pytest.fixture
def register(town: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: Any) -> tuple[Files, _Register]:
    """A home with a random register."""
    made = _Register(request.param, town)
    home = Files(tmp_path / "own", monkeypatch.setenv, town.town.folder)
    receipt = home.rows("shareholders", *made.all())
    assert receipt["rejected"] == 0, receipt["errors"]
    return home, made


@pytest.mark.parametrize("rule", ["CN-2024-3", "CN-2017-235"])
def test_the_whole_town_is_told_as_each_company_is(town: Loaded, tmp_path: Path, rule: str) -> None:
    body, rows, found = _owners(tmp_path, rule)
    assert body["rule"] == rule and body["rows"] == len(rows)
    assert found == _one_by_one(found, rule)
    outcomes = {row["company"]: row["outcome"] for row in rows}
    assert {"found", "nobody"} <= set(outcomes.values())
    assert all(bool(found[c]) == (outcome == "found") for c, outcome in outcomes.items())


@pytest.mark.parametrize("register", [1, 2], indirect=True)
def test_an_index_caught_up_answers_as_one_made_anew(register: tuple[Files, _Register], tmp_path: Path) -> None:
    home, made = register
    body, _, first = _owners(tmp_path, "CN-2024-3")
    assert body["index"] == "made" and first == _one_by_one(first, "CN-2024-3")
    assert _owners(tmp_path, "CN-2024-3")[0]["index"] == "kept"
    fresh = made.companies[-4:]
    home.rows("shareholders", *made.row(fresh[0], ["30", "70"]), *made.row(fresh[1], ["40", ""]))
    home.rows("shareholders", *(line[:-1] + ",2020-01-01" for line in made.row(fresh[2], ["100"])))
    later = [line for company in made.companies[:2] for line in made.row(company, ["26", "51"], "2019-01-01")]
    home.rows("shareholders", *later)
    body, rows, caught = _owners(tmp_path, "CN-2024-3")
    assert body["index"] == "caught_up" and caught != first
    assert caught == _one_by_one(caught, "CN-2024-3")
    shutil.rmtree(home.folder / "home" / "analysis")
    assert _owners(tmp_path, "CN-2024-3")[1:] == (rows, caught)


def _numbers(rows: list[dict[str, Any]]) -> dict[str, tuple[float, bool, float | None]]:
    return {r["company"]["id"]: (round(r["pct"], 7), r["controlled"], r["votes_pct"]) for r in rows if not r["flags"]}


@pytest.mark.parametrize("register", [2], indirect=True)
def test_beyond_what_one_question_may_read_the_index_answers(
    register: tuple[Files, _Register], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened() as book:
        reader, view = book.view(as_of=TODAY)
        holders = [node.id for node in reader.scan_nodes(view) if node.kind in ("person", "company")]
    asked = ("--section", "holds", "--section", "ownership", *AS_OF)
    before = {holder: run("show", holder, *asked).body for holder in holders}
    monkeypatch.setattr("graph.analysis.ownership.reading.BUDGET", 1)
    compared = 0
    for holder, told in before.items():
        body = run("show", holder, *asked).body
        known, mine = _numbers(told["holds"]), _numbers(body["holds"])
        assert mine.items() <= known.items()
        if not body["truncated"]:
            continue
        sure = {row["owner"]["id"]: row for row in told["ownership"]["integrated"]}
        for row in body["ownership"]["integrated"]:
            whole = sure[row["owner"]["id"]]
            assert row["pct"] <= whole["pct"] + 1e-7 and (whole["flags"] or abs(row["pct"] - whole["pct"]) < 1e-7)
        assert len(sure) == len(body["ownership"]["integrated"])
        compared += len(mine) + len(sure)
    assert compared > 100


def test_an_erasure_takes_the_kept_index_away(town: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = load_town(tmp_path / "copy", monkeypatch.setenv)
    _, rows, _ = _owners(tmp_path, "CN-2024-3")
    gone = next(row["person"] for row in rows if row["person"])
    kept = made.home / "analysis"
    assert any(gone.encode() in file.read_bytes() for file in kept.rglob("*.npy"))
    keys = run("show", gone, "--section", "keys", *AS_OF).body["keys"]
    asked = tmp_path / "erase.json"
    asked.write_text(json.dumps({"kind": "erase", "keys": keys, "by": "x", "reason": "x", "basis": "x"}), "utf-8")
    assert run("decide", str(asked), "--json").code == 0
    assert not any(gone.encode() in file.read_bytes() for file in kept.rglob("*"))
    assert gone not in {row["person"] for row in _owners(tmp_path, "CN-2024-3")[1]}


def test_a_rule_set_that_is_not_known_and_a_file_that_cannot_be_written_are_told(town: Loaded, tmp_path: Path) -> None:
    done = run("owners", "--out", str(tmp_path / "o.csv"), "--rule", "XX-1", *AS_OF)
    assert done.code == 2 and "CN-2024-3" in done.err
    done = run("owners", "--out", str(tmp_path / "no" / "o.csv"), *AS_OF)
    assert done.code == 2 and "o.csv" in done.err
