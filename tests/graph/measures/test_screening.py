"""Screening: an identifier decides, a name never does."""

import pytest

from graph.measures.screening import ScreenResult, screen_row
from graph.store.base import NamePeriod, Node
from tests.fakes import FakeGraph
from tests.graph.measures.scenes import view

#: Invented numbers that pass their checks (division 3599xx does not exist).
FIRM, PAID, TAXED, UNKNOWN = "91350502MA90000112", "91350582MA900002XM", "51350500500900013L", "11350500003900012F"
PERSON, CLEAR, STRANGER = "359903198712034229", "359902198911230111", "35990219900512459X"
REG_NO, ORG_CODE = "359902000000016", "MA9000011"


class Book:
    """Look-ups over a handful of subjects."""

    def __init__(self) -> None:
        self.graph = FakeGraph()
        former = NamePeriod("旧岚（集团）有限公司", True, None, "2022-01-01")
        current = NamePeriod("岚澄建设有限公司", False, "2022-01-01", None)
        self.graph.add_node(
            "firm", "company", current, former, keys=[f"uscc:{FIRM}", f"org:{ORG_CODE}", f"reg:{REG_NO}"]
        )
        self.graph.add_node("paid", "company", "野物流有限公司", keys=[f"uscc:{PAID}"])
        self.graph.add_node("taxed", "company", "樾电子有限公司", keys=[f"uscc:{TAXED}"])
        self.graph.add_node("person", "person", "曾丁", keys=["pid:a"])
        self.graph.add_node("clear", "person", "陈杰", keys=["pid:b"])
        self.pids = {PERSON: "pid:a", CLEAR: "pid:b"}
        self.entries = {
            "firm": [("L01", "e2"), ("L01", "e1"), ("L06", "e3")],
            "taxed": [("L05", "e4")],
            "person": [("L01a", "e5")],
        }

    def subject(self, key: str) -> Node | None:
        return self.graph.by_key(view(), key)

    def person(self, id_number: str) -> Node | None:
        return self.graph.by_key(view(), self.pids.get(id_number, "pid:none"))

    def by_name(self, name: str) -> list[Node]:
        return self.graph.search(view(), name, 10, exact=True)

    def names(self, node: Node) -> frozenset[str]:
        return frozenset(period.text for period in node.names)

    def active_entries(self, node: Node) -> list[tuple[str, str]]:
        return self.entries.get(node.id, [])


def screen(name: str = "", uscc: str = "", id_no: str = "") -> ScreenResult:
    """One row against the book."""
    return screen_row(name, uscc, id_no, Book())


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        (("岚澄建设有限公司", FIRM, ""), "hit"),
        (("", FIRM, ""), "hit"),
        (("旧岚(集团)有限公司", FIRM, ""), "hit"),
        ((" 嵐澄建設有限公司 ", FIRM.lower(), ""), "hit"),
        (("岚澄建设有限公司", "", ""), "needs_review"),
        (("旧岚（集团）有限公司", "", ""), "no_hit"),  # a former name is not valid today
        (("岚澄", "", ""), "no_hit"),  # a part of a name is no name
        (("野物流有限公司", PAID, ""), "no_hit"),
        (("野物流有限公司", "", ""), "no_hit"),
        (("野物流有限公司", FIRM, ""), "needs_review"),
        (("岚澄建设有限公司", FIRM[:-1] + "3", ""), "invalid"),
        (("岚澄建设有限公司", FIRM.replace("0", "O", 1), ""), "invalid"),
        (("岚澄建设有限公司", UNKNOWN, ""), "no_hit"),  # the code decides, not the listed namesake
        (("", REG_NO, ""), "hit"),
        (("", ORG_CODE, ""), "hit"),
        (("", "MA900001-1", ""), "hit"),
        (("曾丁", "", PERSON), "hit"),
        (("曾丁", PERSON, ""), "hit"),
        (("曾丁", PERSON, PERSON), "hit"),
        (("曾丁", "", "359903********4229"), "needs_review"),
        (("陈杰", "", CLEAR), "no_hit"),
        (("曾丁", "", STRANGER), "no_hit"),
        (("曾丁", "", PERSON[:-1] + "8"), "invalid"),
        (("曾丁", PERSON[:-1] + "8", ""), "invalid"),
        (("曾丁", "", FIRM), "invalid"),
        (("", FIRM, PERSON), "needs_review"),
        (("", "（2025）闽9901执318号", ""), "invalid"),
        (("", "", ""), "invalid"),
        ((" ", "00000000000000000X", "359903********4229"), "invalid"),
        (("岚澄建设有限公司", "111111111111111111", "无"), "needs_review"),
        (("无", "-", "/"), "invalid"),
    ],
)
def test_the_outcome_of_a_row(row: tuple[str, str, str], outcome: str) -> None:
    result = screen(*row)
    assert result.outcome == outcome, result.why
    assert bool(result.lists) is bool(result.entries) is (outcome == "hit")
    assert result.why


def test_lists_and_entries_are_sorted_and_each_list_stands_once() -> None:
    result = screen(uscc=FIRM)
    assert (result.lists, result.entries) == (("L01", "L06"), ("e1", "e2", "e3"))
    assert screen(uscc=TAXED).lists == ("L05",)


@pytest.mark.parametrize(
    "row",
    [
        ("曾丁", "", PERSON),
        ("曾丁", PERSON, ""),
        (f"曾丁 {PERSON}", "", ""),
        ("曾丁", PERSON[:-1] + "8", ""),
        ("曾丁", "", PERSON[:-1] + "8"),
    ],
)
def test_no_full_number_is_handed_on(row: tuple[str, str, str]) -> None:
    result = screen(*row)
    assert PERSON[:-1] not in repr(result)
    if any(row[1:]):
        assert result.id_mask is not None
        assert result.id_mask.startswith("359903********42")


def test_a_row_without_number_has_no_mask() -> None:
    assert screen("岚澄建设有限公司", FIRM).id_mask is None
    assert screen("岚澄建设有限公司", FIRM).uscc == FIRM
