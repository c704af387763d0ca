"""A code with letters that no code has: held with its suggestion, released by a person who confirms just that."""

import csv
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.model.ids import check_id_card, check_uscc, find_ids
from ingest.demo.layouts import COLUMNS
from ingest.demo.town import write_town
from ingest.encoding import text_encoding
from ingest.rawrows import RawRow
from ingest.registry import sources
from ingest.schema import Canonical, SourceSpec
from tests.api.conftest import TODAY, Run, run

_MISREAD = str.maketrans("1025U", "IOZSV")
_OTHER = "uscc:91359801TY0000001A"


def _columns() -> list[tuple[str, str]]:
    """Every column of the town's tables in which a unified code may stand: (source, column)."""
    found = []
    for spec in sources().values():
        if isinstance(spec, SourceSpec) and spec.form == "table":
            bound = spec.reader(COLUMNS[spec.id]).layout.bound
            found += [(spec.id, b.column.name) for b in bound if b.column.type in ("uscc", "code_any")]
    return found


_COLUMNS = _columns()
#: What must be there before the rows of a source can name it by number.
_CITED = {"engagements": ("practitioners",), "repairs": ("penalties",), "objections": ("penalties",)}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the demo town."""
    return write_town(tmp_path_factory.mktemp("town")).folder


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master_key: Path) -> Callable[[str], Path]:
    """Choose the data home by a name; all have one master key."""
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    monkeypatch.setenv("CREDITGRAPH_TODAY", TODAY)
    monkeypatch.delenv("CREDITGRAPH_STORE", raising=False)

    def choose(name: str) -> Path:
        monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / name))
        return tmp_path / name

    choose("home")
    return choose


def misread(code: str) -> str:
    """The code with one sign taken for a letter that looks like it."""
    place = next(n for n, sign in enumerate(code) if n >= 8 and sign in "1025U")
    return code[:place] + code[place].translate(_MISREAD) + code[place + 1 :]


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding=text_encoding(path), newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def _write(path: Path, header: list[str], rows: list[list[str]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return str(path)


def _load(source: str, path: str) -> dict[str, Any]:
    body: dict[str, Any] = run("load", source, path, "--json").body
    return body


def release(folder: Path, entry: int, *keys: str) -> Run:
    """A release by a person."""
    document = {
        "kind": "release",
        "keys": list(keys),
        "entry": entry,
        "by": "审核员",
        "reason": "核对登记",
        "basis": "",
    }
    (folder / "decision.json").write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return run("decide", str(folder / "decision.json"), "--json")


def _entry(home: Path, seq: int) -> tuple[Any, ...]:
    """Kind, outcome, cited entry and payload of an entry."""
    db = sqlite3.connect(home / "ledger" / "ledger.db")
    query = "SELECT kind, outcome, cites, body FROM entry JOIN payload USING (seq) WHERE seq = ?"
    found: tuple[Any, ...] = db.execute(query, (seq,)).fetchone()
    db.close()
    return found


def _digest() -> str:
    body = run("verify", "--json").body
    assert body["ok"], body["problems"]
    return str(body["digest"])


def _base(files: Path, folder: Path, source: str, left_out: list[str]) -> None:
    """Departments and registry without one row of the source, so that the row is news."""
    for name in ("departments", "registry", *_CITED.get(source, ())):
        header, rows = _rows(files / f"{name}.csv")
        _load(name, _write(folder / f"{name}.csv", header, [r for r in rows if name != source or r != left_out]))


def _case(files: Path, source: str, column: str) -> tuple[list[str], list[str], int]:
    """Header, a good row with a code in the column, and the place of that column."""
    spec = sources()[source]
    assert isinstance(spec, SourceSpec)
    header, rows = _rows(files / f"{source}.csv")
    reader = spec.reader(header)
    place = next(b.position for b in reader.layout.bound if b.column.name == column)
    good = (r for r in rows if isinstance(reader.canonical(RawRow(1, r), TODAY), Canonical))
    return header, next(r for r in good if check_uscc(r[place]).valid and rows.count(r) == 1), place


@pytest.mark.parametrize(("source", "column"), _COLUMNS)
def test_a_confirmed_code_is_as_good_as_a_corrected_row(
    source: str, column: str, files: Path, tmp_path: Path, use: Callable[[str], Path]
) -> None:
    header, row, place = _case(files, source, column)
    bad = [*row[:place], misread(row[place]), *row[place + 1 :]]
    right, wrong = (_write(tmp_path / name, header, [r]) for name, r in (("right.csv", row), ("wrong.csv", bad)))
    home = use("home")
    _base(files, tmp_path, source, row)
    before = _digest()
    receipt = _load(source, wrong)
    assert (receipt["quarantined"], receipt["input"]) == (1, 1)
    told = receipt["errors"][0]
    assert (told["code"], told["outcome"], told["state"]) == ("uscc_suggestion", "quarantined", "held")
    assert _digest() == before, "it has no effect until then"
    assert _load(source, wrong)["quarantined"] == 1
    entry = receipt["known_at"] - 1
    for keys in ((), (_OTHER,), (f"uscc:{row[place]}", _OTHER)):
        refused = release(tmp_path, entry, *keys)
        assert refused.code == 2
        assert f"uscc:{row[place]}" in refused.body["detail"], "it says what may be confirmed"
    done = release(tmp_path, entry, f"uscc:{row[place]}")
    assert done.code == 0, done.body
    decision = json.loads(_entry(home, done.body["seq"])[3])
    kind, _, cites, body = _entry(home, decision["entries"][0])
    assert (kind, cites) == ("record", entry)
    assert decision["entry"] == entry
    assert not find_ids(body + _entry(home, entry)[3])
    assert _entry(home, entry)[:2] == ("quarantine", "uscc_suggestion"), "the first receipt stays"
    assert json.loads(_entry(home, receipt["known_at"])[3])["quarantined"] == 1
    released = _digest()
    for again in (wrong, right):
        assert _load(source, again)["unchanged"] == 1
    assert _digest() == released
    assert release(tmp_path, entry, f"uscc:{row[place]}").code == 2
    use("other")
    _base(files, tmp_path, source, row)
    assert _load(source, right)["accepted"] == 1
    if column.startswith("subject"):
        assert _digest() != released, "a person confirmed it: the edge says so"
    else:
        assert _digest() == released
    assert _load(source, wrong)["quarantined"] == 1, "the suggestion is not applied, whatever is known"


def _penalty(files: Path, **changed: str) -> tuple[list[str], list[str]]:
    """A good penalty of a registered company with some cells changed, by the canonical name of their column."""
    header, row, _ = _case(files, "penalties", "subject_uscc")
    spec = sources()["penalties"]
    assert isinstance(spec, SourceSpec)
    places = {bound.column.name: bound.position for bound in spec.reader(header).layout.bound}
    row = list(row)
    for name, text in changed.items():
        row[places[name]] = misread(row[places[name]]) if text == "?" else text
    return header, row


def test_all_codes_in_doubt_are_confirmed_together(files: Path, tmp_path: Path, use: Callable[[str], Path]) -> None:
    _base(files, tmp_path, "penalties", [])
    header, row = _penalty(files)
    codes = [f"uscc:{cell}" for cell in dict.fromkeys(row) if check_uscc(cell).valid]
    assert len(codes) > 1
    header, row = _penalty(files, subject_uscc="?", authority_uscc="?", provider_uscc="?")
    entry = _load("penalties", _write(tmp_path / "p.csv", header, [row]))["known_at"] - 1
    for keys in (codes[:1], codes[1:]):
        assert release(tmp_path, entry, *keys).code == 2
    assert release(tmp_path, entry, *reversed(codes)).code == 0
    assert _digest()


@pytest.mark.parametrize(
    ("changed", "then"),
    [
        ({"subject_name": "岚汀市另一家有限公司"}, "name_mismatch"),
        ({"authority_uscc": "11359801TY0000019X"}, "unknown_department"),
    ],
)
def test_a_confirmed_code_does_not_excuse_what_else_is_wrong(
    changed: dict[str, str], then: str, files: Path, tmp_path: Path, use: Callable[[str], Path]
) -> None:
    _base(files, tmp_path, "penalties", [])
    header, row = _penalty(files, subject_uscc="?", **changed)
    code = check_uscc(next(cell for cell in row if check_uscc(cell).suggestion)).suggestion
    entry = _load("penalties", _write(tmp_path / "p.csv", header, [row]))["known_at"] - 1
    done = release(tmp_path, entry, f"uscc:{code}")
    assert done.code == 2
    assert then in done.body["detail"]
    assert _digest()


def test_a_suggestion_that_is_an_id_number_is_none(
    files: Path, tmp_path: Path, use: Callable[[str], Path], two_faced: str
) -> None:
    home = use("home")
    _base(files, tmp_path, "penalties", [])
    header, row = _penalty(files, subject_uscc=two_faced.translate(_MISREAD))
    receipt = _load("penalties", _write(tmp_path / "p.csv", header, [row]))
    assert receipt["errors"][0]["code"] == "uscc_suggestion"
    assert release(tmp_path, receipt["known_at"] - 1, f"uscc:{two_faced}").code == 2
    assert two_faced not in json.dumps(receipt)
    assert two_faced.encode() not in (home / "ledger" / "ledger.db").read_bytes()


@pytest.fixture
def two_faced() -> str:
    """A number that holds as an ID number and as a unified code."""
    numbers = (f"359801199003{n:05d}{end}" for n in range(1000, 32000) for end in "0123456789")
    return next(n for n in numbers if check_id_card(n) and check_uscc(n))


def _debtors(files: Path, month: str, folder: Path, change: Callable[[list[dict[str, str]]], None]) -> str:
    body = json.loads((files / f"dishonest-debtors-2025-{month}-01.json").read_text("utf-8"))
    change(body["entries"])
    body["count"] = len(body["entries"])
    path = folder / f"list-{month}.json"
    path.write_text(json.dumps(body, ensure_ascii=False), "utf-8")
    return str(path)


def _misread_first(entries: list[dict[str, str]]) -> None:
    entry = next(e for e in entries if check_uscc(e.get("CARDNUMBER", "")).valid)
    entry["CARDNUMBER"] = misread(entry["CARDNUMBER"])


def _held(receipt: dict[str, Any], home: Path) -> tuple[int, str]:
    """Sequence and suggested code of the row that this load held for its code."""
    db = sqlite3.connect(home / "ledger" / "ledger.db")
    query = "SELECT seq, body FROM entry JOIN payload USING (seq) WHERE batch = ? AND outcome = 'uscc_suggestion'"
    ((seq, body),) = db.execute(query, (receipt["batch"],)).fetchall()
    db.close()
    return seq, "uscc:" + json.loads(body)["extra"]["suggested"][0]


def test_an_entry_of_a_list_is_released_too(files: Path, tmp_path: Path, use: Callable[[str], Path]) -> None:
    home = use("home")
    _base(files, tmp_path, "", [])
    path = _debtors(files, "04", tmp_path, _misread_first)
    receipt = _load("dishonest-debtors", path)
    seq, key = _held(receipt, home)
    assert release(tmp_path, seq, _OTHER).code == 2
    done = release(tmp_path, seq, key)
    assert done.code == 0, done.body
    (entry,) = json.loads(_entry(home, done.body["seq"])[3])["entries"]
    assert _entry(home, entry)[0::2][:2] == ("record", seq)
    lists = run("show", key.removeprefix("uscc:"), "--section", "lists", "--json").body["lists"]
    assert [(e["list"], e["status"]) for e in lists][:1] == [("L01", "active")]
    released = _digest()
    again = _load("dishonest-debtors", path)
    assert (again["unchanged"], again["accepted"]) == (receipt["accepted"] + receipt["unchanged"] + 1, 0)
    corrected = _load("dishonest-debtors", _debtors(files, "04", tmp_path, lambda entries: None))
    assert (corrected["unchanged"], corrected["merged"]) == (again["unchanged"], 0)
    assert _digest() == released


def test_a_full_list_with_a_misread_code_withdraws_nobody(
    files: Path, tmp_path: Path, use: Callable[[str], Path]
) -> None:
    _base(files, tmp_path, "", [])
    _load("dishonest-debtors", _debtors(files, "04", tmp_path, lambda entries: None))
    since = run("verify", "--json").body["seq"]
    body = json.loads((tmp_path / "list-04.json").read_text("utf-8"))
    _misread_first(body["entries"])
    body |= {"date": "2025-05-01", "version": "2025-05-01", "previous": "2025-04-01"}
    (tmp_path / "next.json").write_text(json.dumps(body, ensure_ascii=False), "utf-8")
    _load("dishonest-debtors", str(tmp_path / "next.json"))
    assert run("delta", "L01", "--since", str(since), "--json").body["changes"] == []


def test_a_row_of_a_version_that_was_not_taken_is_not_released_before_it(
    files: Path, tmp_path: Path, use: Callable[[str], Path]
) -> None:
    home = use("home")
    _base(files, tmp_path, "", [])
    delta = _debtors(files, "07", tmp_path, _misread_first)
    seq, key = _held(_load("dishonest-debtors", delta), home)
    refused = release(tmp_path, seq, key)
    assert refused.code == 2
    assert "list version" in refused.body["detail"]
    _load("dishonest-debtors", _debtors(files, "04", tmp_path, lambda entries: None))
    done = release(tmp_path, seq, key)
    assert done.code == 0, done.body
    assert _digest()


def test_a_minor_in_a_list_that_came_too_early_is_not_listed_when_its_turn_comes(
    files: Path, tmp_path: Path, use: Callable[[str], Path]
) -> None:
    _base(files, tmp_path, "", [])
    minors: list[dict[str, str]] = []

    def with_minor(entries: list[dict[str, str]]) -> None:
        person = next(e for e in entries if check_id_card(e.get("CARDNUMBER", "")))
        start = f"{person['CARDNUMBER'][:6]}20120101001"
        number = next(start + end for end in "0123456789X" if check_id_card(start + end))
        minors.append({**person, "iname": "岑小", "CARDNUMBER": number, "caseCode": "（2025）闽9801执999号"})
        entries.append(minors[-1] | {"infoActionType": "add"})

    early = _load("dishonest-debtors", _debtors(files, "07", tmp_path, with_minor))
    assert {e["code"] for e in early["errors"] if e["outcome"] == "quarantined"} == {"out_of_order"}
    _load("dishonest-debtors", _debtors(files, "04", tmp_path, lambda entries: None))
    changes = run("delta", "L01", "--since", "0", "--json").body["changes"]
    assert changes and "岑小" not in {c["name"] for c in changes}
    again = _load("dishonest-debtors", str(tmp_path / "list-07.json"))
    assert "minor" in {e["code"] for e in again["errors"]}
    assert _digest()


def test_two_held_versions_of_a_record_are_released_one_after_the_other(
    files: Path, tmp_path: Path, use: Callable[[str], Path]
) -> None:
    _base(files, tmp_path, "", [])
    name = "岚汀市另一家有限公司"
    header, first = _penalty(files, subject_name=name)
    _, second = _penalty(files, subject_name=name, content="罚款一元")
    receipt = _load("penalties", _write(tmp_path / "p.csv", header, [first, second]))
    assert [e["code"] for e in receipt["errors"]] == ["name_mismatch"] * 2
    for entry in (receipt["known_at"] - 2, receipt["known_at"] - 1):
        assert release(tmp_path, entry).code == 0
    assert _digest()
