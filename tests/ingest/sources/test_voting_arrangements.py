"""Declared arrangements on votes: the claims of a row, how a reader finds them, and what a row must not say."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.book.book import Book
from graph.model.claims import SHARED, EdgeClaim, Mention, Name, NodeClaim
from graph.model.ontology import PATH_RELATIONS, ontology, relation
from graph.store.base import View
from ingest.demo import codes
from ingest.load import load
from ingest.sources.voting_arrangements.parser import checks, claims
from tests.ingest.cells import as_csv
from tests.ingest.sources.golden import TODAY, opened

RELATIONS = ("member_of_arrangement", "votes_at", "entrusted_to")
UNIT, OTHER = codes.uscc(7001), codes.uscc(7002)
PEOPLE = [codes.id_number(0, "1985-07-09", order) for order in (217, 219, 221)]
TITLES = (
    "标的企业名称", "标的企业统一社会信用代码", "安排类型", "协议编号", "成员名称", "成员证件号码", "受托人名称",
    "受托人证件号码", "表决权比例(%)", "起", "止",
)  # fmt: skip
AGREED = ("岚汀市试验有限公司", UNIT, "一致行动", "岚协〔2022〕1号")
#: A sealed row.
ROW = {
    "unit_name": "岚汀市试验有限公司", "unit_uscc": UNIT, "arrangement_kind": "一致行动",
    "agreement_no": "岚协〔2022〕1号", "member_name": "佘蘅", "member_id": "pid:1",
    "member_id_mask": "3598**********2173", "from": "2022-04-01",
}  # fmt: skip
DELEGATION = ROW | {"arrangement_kind": "表决权委托", "trustee_name": "佴樟", "trustee_id": "pid:2"}
OWN_VOTES = ROW | {"arrangement_kind": "特别表决权", "votes": "60"}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """An empty book."""
    made = opened(tmp_path / "home")
    yield made
    made.close()


def sent(book: Book, folder: Path, rows: Sequence[Sequence[str]]) -> None:
    """Load rows with these cells, every one of which is accepted."""
    folder.mkdir(parents=True, exist_ok=True)
    cells = [dict(zip(TITLES, [*row, *[""] * (len(TITLES) - len(row))], strict=True)) for row in rows]
    (folder / "rows.csv").write_text(as_csv(list(cells)), "utf-8")
    receipt = load(book, "voting-arrangements", [folder / "rows.csv"])
    assert receipt.counts["accepted"] == len(rows), receipt.errors


def test_a_row_claims_arrangement_company_and_member() -> None:
    record = Mention((f"rec:voting-arrangements/{UNIT}/岚协〔2022〕1号",))
    unit, member = Mention((f"uscc:{UNIT}",)), Mention(("pid:1",))
    props = {"arrangement_kind": "一致行动", "source": "voting-arrangements", "agreement_no": "岚协〔2022〕1号"}
    assert claims(ROW, "rec:voting-arrangements/x") == [
        NodeClaim(record, "voting_arrangement", (Name("岚协〔2022〕1号"),), props, level=SHARED),
        NodeClaim(unit, "company", (Name("岚汀市试验有限公司"),), {"uscc": UNIT}, level=SHARED),
        NodeClaim(member, "person", (Name("佘蘅"),), {"id_mask": "3598**********2173"}, level=SHARED),
        EdgeClaim("member_of_arrangement", member, record, "2022-04-01", level=SHARED),
        EdgeClaim("votes_at", record, unit, level=SHARED),
    ]


def test_a_delegation_is_a_record_of_its_own_with_its_trustee() -> None:
    made = claims(DELEGATION | {"votes": "40.50"}, "rec:voting-arrangements/x")
    edges = {claim.relation: claim for claim in made if isinstance(claim, EdgeClaim)}
    assert set(edges) == set(RELATIONS)
    assert edges["member_of_arrangement"].props == {"votes": 40.5}
    assert edges["entrusted_to"].source.best == edges["votes_at"].source.best == "rec:voting-arrangements/x"
    assert edges["entrusted_to"].target.best == "pid:2"


def test_paths_do_not_walk_arrangements_and_nobody_below_the_shared_level_sees_them() -> None:
    assert not set(RELATIONS) & set(PATH_RELATIONS)
    assert not ontology().kinds["voting_arrangement"].subject
    for row in (ROW, DELEGATION, OWN_VOTES):
        assert {claim.level for claim in claims(row, "rec:voting-arrangements/x")} == {SHARED}


@pytest.mark.parametrize("row", [ROW, DELEGATION, OWN_VOTES], ids=lambda row: row["arrangement_kind"])
def test_the_ends_are_of_kinds_that_the_relations_join(row: dict[str, str]) -> None:
    made = claims(row, "rec:voting-arrangements/x")
    kinds = {claim.mention.best: claim.kind for claim in made if isinstance(claim, NodeClaim)}
    for claim in made:
        if isinstance(claim, EdgeClaim):
            assert relation(claim.relation).joins(kinds[claim.source.best], kinds[claim.target.best])


def test_a_reader_finds_a_group_by_two_questions(book: Book, tmp_path: Path) -> None:
    """From the company to its arrangements, from these to members and trustees, on a day and at a level."""
    sent(book, tmp_path, [
        (*AGREED, "佘蘅", PEOPLE[0], "", "", "", "2022-04-01", ""),
        (*AGREED, "佴樟", PEOPLE[1], "", "", "", "2022-04-01", "2024-04-01"),
        (*AGREED[:2], "特别表决权", "", "桑砚", PEOPLE[2], "", "", "60"),
    ])  # fmt: skip

    def groups(view: View) -> dict[str, dict[str, float | None]]:
        unit = book.store.by_key(view, f"uscc:{UNIT}")
        if unit is None:
            return {}
        found = [edge.source for edge in book.store.neighbours(view, [unit.id], ("votes_at",), "in")]
        members = book.store.neighbours(view, found, ("member_of_arrangement",), "in")
        nodes = book.store.get(view, [end for edge in members for end in (edge.source, edge.target)])
        kinds: dict[str, dict[str, float | None]] = {}
        for edge in members:
            votes = edge.props.get("votes")
            group = kinds.setdefault(str(nodes[edge.target].props["arrangement_kind"]), {})
            group[nodes[edge.source].name] = None if votes is None else float(votes)
        return kinds

    own = {"特别表决权": {"桑砚": 60.0}}
    assert groups(View(SHARED, "2023-01-01", None, TODAY)) == {"一致行动": {"佘蘅": None, "佴樟": None}} | own
    assert groups(View(SHARED, "2024-04-01", None, TODAY)) == {"一致行动": {"佘蘅": None}} | own
    assert groups(View(SHARED, "2022-03-31", None, TODAY)) == own
    assert groups(View(0, None, None, TODAY)) == {}


def test_members_who_come_at_other_times_do_not_make_the_arrangement_doubtful(book: Book, tmp_path: Path) -> None:
    days = ("2022-04-01", "2023-01-01", "2024-01-01")
    sent(book, tmp_path, [(*AGREED, "佘蘅", number, "", "", "", day) for number, day in zip(PEOPLE, days, strict=True)])
    edges = list(book.store.scan_edges(View(SHARED, None, None, TODAY)))
    assert [edge.relation for edge in edges].count("votes_at") == 1
    assert len(edges) == 4 and not any(edge.disagree for edge in edges)


def test_one_number_at_two_companies_is_two_arrangements(book: Book, tmp_path: Path) -> None:
    elsewhere = ("岚汀市别处有限公司", OTHER, *AGREED[2:])
    sent(book, tmp_path, [(*AGREED, "佘蘅", PEOPLE[0]), (*elsewhere, "佘蘅", PEOPLE[0])])
    kinds = [node.kind for node in book.store.scan_nodes(View(SHARED, None, None, TODAY))]
    assert kinds.count("voting_arrangement") == 2


def test_two_delegations_of_one_number_stay_apart(book: Book, tmp_path: Path) -> None:
    head = (*AGREED[:2], "表决权委托", "岚委〔2022〕1号")
    sent(book, tmp_path, [(*head, "佘蘅", PEOPLE[0], "桑砚", PEOPLE[2]), (*head, "佴樟", PEOPLE[1], "佘蘅", PEOPLE[0])])
    view = View(SHARED, None, None, TODAY)
    trustees = {edge.source: edge.target for edge in book.store.scan_edges(view, ("entrusted_to",))}
    pairs = {(e.source, trustees[e.target]) for e in book.store.scan_edges(view, ("member_of_arrangement",))}
    names = {node.id: node.name for node in book.store.scan_nodes(view)}
    assert {(names[a], names[b]) for a, b in pairs} == {("佘蘅", "桑砚"), ("佴樟", "佘蘅")}


def test_any_order_of_the_rows_gives_the_same_digest(tmp_path: Path) -> None:
    rows = [
        (*AGREED, "佘蘅", PEOPLE[0], "", "", "", "2022-04-01", ""),
        (*AGREED, "佴樟", PEOPLE[1], "", "", "", "2023-04-01", ""),
        (*AGREED[:2], "表决权委托", "", "佴樟", PEOPLE[1], "佘蘅", PEOPLE[0], "50"),
    ]
    digests = set()
    for place, some in enumerate(permutations(rows)):
        book = opened(tmp_path / f"{place}")
        for one, row in enumerate(some):
            sent(book, tmp_path / f"rows{place}-{one}", [row])
        state = book.store.state()
        assert state is not None
        digests.add(state.digest)
        book.close()
    assert len(digests) == 1


@settings(max_examples=60, deadline=None)
@given(votes=st.decimals(0, 200, places=3), kind=st.sampled_from([DELEGATION, OWN_VOTES]))
def test_votes_are_a_part_of_all(votes: Decimal, kind: dict[str, str]) -> None:
    row = kind | {"votes": str(votes)}
    found = checks(row)
    if votes > 100:
        assert found and (found.code, found.outcome) == ("bad_amount", "rejected")
        return
    assert found is None
    (edge,) = (c for c in claims(row, "rec:x/y") if isinstance(c, EdgeClaim) and c.relation == RELATIONS[0])
    assert edge.props["votes"] == pytest.approx(float(votes))


@settings(max_examples=60, deadline=None)
@given(first=st.dates(), last=st.dates())
def test_an_end_before_the_beginning_is_refused(first: object, last: object) -> None:
    start, end = str(first), str(last)
    found = checks(ROW | {"from": start, "to": end})
    assert (found.code if found else None) == ("bad_date" if end < start else None)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (ROW | {"agreement_no": ""}, "missing_required", "协议编号"),
        (ROW | {"votes": "10"}, "bad_enum", "安排类型"),
        (ROW | {"trustee_masked": "3598**********2173"}, "bad_enum", "安排类型"),
        (OWN_VOTES | {"trustee_name": "佴樟"}, "bad_enum", "安排类型"),
        (OWN_VOTES | {"votes": ""}, "missing_required", "表决权比例(%)"),
        (DELEGATION | {"trustee_name": ""}, "missing_required", "受托人名称"),
        (DELEGATION | {"trustee_id": ""}, "name_only", "受托人代码"),
        (ROW | {"member_id": ""}, "name_only", "成员代码"),
    ],
)
def test_a_row_that_does_not_fit_its_kind_is_told(row: dict[str, str], code: str, column: str) -> None:
    found = checks(row)
    assert found and (found.code, found.field) == (code, column)


def test_kinship_is_told_to_be_no_ground() -> None:
    found = checks(ROW | {"agreement_no": ""})
    assert found and "kinship" in found.message and found.outcome == "rejected"
