"""The demo town, the cities and the graphs: the same bytes each time, nothing real, layouts of the sources."""

import csv
import hashlib
import json
import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings

from graph.model.claims import EdgeClaim
from graph.model.ids import check_id_card, check_org_code, check_reg_no, check_uscc
from graph.model.ontology import relation
from ingest.demo import codes
from ingest.demo.city import CITY_ORDER, write_city
from ingest.demo.graphs import Record, random_records
from ingest.demo.layouts import COLUMNS
from ingest.demo.town import LOAD_ORDER, Town, write_town
from tests.strategies import Decision, decided_records, kinds_of_keys, records


def _digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return found.hexdigest()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town of the usual size."""
    return write_town(tmp_path_factory.mktemp("town"))


def test_the_same_bytes_each_time(town: Town, tmp_path: Path) -> None:
    """Equal arguments give equal bytes, the Excel file included; another seed gives others."""
    write_town(tmp_path / "again")
    write_town(tmp_path / "other", seed=1)
    assert _digest(town.folder) == _digest(tmp_path / "again") != _digest(tmp_path / "other")


def test_every_file_is_in_the_load_order(town: Town) -> None:
    """No file is forgotten and each pattern has a file."""
    listed = [path for _, paths in town.files() for path in paths]
    assert sorted(listed) == sorted(path for path in town.folder.rglob("*") if path.is_file())
    assert all(paths for _, paths in town.files())


def test_layouts(town: Town) -> None:
    """Headers are those of the sources."""
    for source, pattern in LOAD_ORDER:
        if pattern.endswith(".csv"):
            text = (town.folder / pattern).read_text("gb18030" if source == "branches" else "utf-8")
            rows = list(csv.reader(text.splitlines()))
            assert tuple(rows[0]) == COLUMNS[source]
            assert len(rows) - 1 == town.counts[pattern]
            assert {len(row) for row in rows} == {len(rows[0])}


def test_list_versions_form_a_chain(town: Town) -> None:
    """Each version names the one before and tells how many entries it has."""
    previous = None
    for path in sorted(town.folder.glob("dishonest-debtors-*.json")):
        body = json.loads(path.read_text("utf-8"))
        assert (body["previous"], body["count"]) == (previous, len(body["entries"]))
        previous = body["version"]


def test_numbers_are_valid_and_belong_to_nobody(town: Town) -> None:
    """Every 18-place code lies in the divisions 3598xx; only those that are meant to be wrong fail."""
    paths = [path for path in town.folder.rglob("*") if path.suffix in (".csv", ".json", ".txt")]
    text = "\n".join(p.read_text("gb18030" if p.name == "branches.csv" else "utf-8") for p in paths)
    found = set(re.findall(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])", text))
    wrong = {code for code in found if not check_uscc(code) and not check_id_card(code)}
    assert len(found) > 100
    assert len(wrong) == 4
    assert all(code[:6] in codes.DIVISIONS or code[2:8] in codes.DIVISIONS for code in found)


def test_a_company_of_the_town_is_controlled_by_an_agreement_only(town: Town) -> None:
    """No holder has half of it, and those who act in concert have more than half together."""
    tables = {
        name: (town.folder / f"{name}.csv").read_text("utf-8") for name in ("voting-arrangements", "shareholders")
    }
    arranged, held = (list(csv.DictReader(text.splitlines())) for text in tables.values())
    code = town.cast.firms["namesake"].uscc
    shares = {r["证件号码"]: float(r["认缴出资比例(%)"]) for r in held if r["统一社会信用代码"] == code}
    agreed = [
        r for r in arranged if r["标的企业统一社会信用代码"] == code and r["安排类型"] == "一致行动" and r["协议编号"]
    ]
    assert len(agreed) == 2 and len({r["协议编号"] for r in agreed}) == 1
    assert max(shares.values()) < 50 < sum(shares[r["成员证件号码"]] for r in agreed)


def test_codes() -> None:
    """The generator and the checks of the model agree; no two numbers share a code."""
    numbers = [*range(300), 999_999, 2_000_001, 9_000_001]
    for number in numbers:
        assert check_uscc(codes.uscc(number)).warning is None
        assert check_uscc(codes.uscc(number)) and check_org_code(codes.org_code(number))
        assert check_reg_no(codes.registration_number(number)) and check_id_card(codes.nth_id_number(number))
        assert not check_uscc(codes.spoil(codes.uscc(number)))
    assert len({codes.org_code(number) for number in numbers}) == len(numbers)


def test_too_few_companies(tmp_path: Path) -> None:
    """The story needs its companies."""
    with pytest.raises(ValueError, match="at least 22"):
        write_town(tmp_path, companies=21)


def test_city(tmp_path: Path) -> None:
    """A city is the same each time and counts its rows; the full list tells its count."""
    counts = write_city(tmp_path / "a", 300)
    write_city(tmp_path / "b", 300)
    assert _digest(tmp_path / "a") == _digest(tmp_path / "b")
    assert list(counts) == [name for _, name in CITY_ORDER] and counts["registry.csv"] == 300
    lines = (tmp_path / "a" / "dishonest-debtors-2025-04-01.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[0])["count"] == len(lines) - 1 == 3


def test_city_size(tmp_path: Path) -> None:
    """Names would repeat in a larger city."""
    with pytest.raises(ValueError, match="1,400,000"):
        write_city(tmp_path, 2_000_000)


def test_random_records_repeat() -> None:
    """The same random numbers give the same records."""
    assert random_records(Random(7), 80, conflicts=True) == random_records(Random(7), 80, conflicts=True)


@settings(max_examples=40, deadline=None)
@given(records())
def test_every_end_has_its_node(found: list[Record]) -> None:
    """Ends of edges have node claims in the same record, of kinds that the relation joins."""
    for record in found:
        kinds = kinds_of_keys([record])
        for claim in record.claims:
            if isinstance(claim, EdgeClaim):
                assert relation(claim.relation).joins(kinds[claim.source.best], kinds[claim.target.best])
                assert claim.valid_from is None or claim.valid_to is None or claim.valid_from < claim.valid_to


@settings(max_examples=20, deadline=None)
@given(decided_records())
def test_decisions_are_on_keys_of_one_kind(case: tuple[list[Record], list[Decision]]) -> None:
    """People decide on two keys of companies or two of persons."""
    found, decisions = case
    kinds = kinds_of_keys(found)
    assert all(kinds[one.a] == kinds[one.b] and one.a != one.b for one in decisions)
