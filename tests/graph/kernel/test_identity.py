"""Who is who: same, different and undo in any order; nothing merges by name; a split after a merge."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from graph.model.claims import EdgeClaim, Mention, Name, NodeClaim, context_key
from graph.store.base import View
from graph.store.items import own_id
from ingest.demo.graphs import Record
from tests.graph.kernel.harness import NOW, towns
from tests.strategies import kinds_of_keys

_VIEW = View(2, None, None, NOW)


class Decisions(RuleBasedStateMachine):
    """Loads and decisions on keys; store, ledger and rebuild must agree after each."""

    def __init__(self) -> None:
        super().__init__()
        self.context = towns()
        (self.town,) = self.context.__enter__()
        self.keys: list[str] = []
        self.taken: list[tuple[int, str]] = []

    @initialize(seed=st.integers(0, 5000))
    def begin(self, seed: int) -> None:
        self._load(seed, 8)

    def _load(self, seed: int, n: int) -> None:
        records = self.town.records(seed, n, conflicts=True)
        self.town.load(records)
        kinds = kinds_of_keys(records)
        subjects = {key for key, kind in kinds.items() if kind in ("company", "person")}
        self.keys = sorted({*self.keys, *subjects}, key=lambda k: (k.startswith("pid:"), own_id(k)))

    @rule(seed=st.integers(0, 5000), n=st.integers(1, 5))
    def load(self, seed: int, n: int) -> None:
        self._load(seed, n)

    @precondition(lambda self: len(self.keys) > 1)
    @rule(data=st.data(), kind=st.sampled_from(("same", "different")))
    def decide(self, data: st.DataObject, kind: str) -> None:
        a = data.draw(st.sampled_from(self.keys))
        b = data.draw(st.sampled_from([k for k in self.keys if k != a]))
        before = self.town.digest
        seq = self.town.decide(kind, (a, b))
        self.taken.append((seq, before))

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.taken) - 1))
        seq, _ = self.taken.pop(place)
        self.town.decide("undo", entry=seq)

    @invariant()
    def agrees(self) -> None:
        self.town.check()

    def teardown(self) -> None:
        before = self.town.digest
        for seq, _ in reversed(self.taken):
            self.town.decide("undo", entry=seq)
        undone = self.town.digest
        self.town.book.rebuild()
        assert self.town.digest == undone
        assert not self.taken or before
        self.context.__exit__(None, None, None)


TestDecisions = Decisions.TestCase
TestDecisions.settings = settings(max_examples=6, stateful_step_count=5, deadline=None)


def _company(code: str, *more: str, name: str = "岚汀市荻苇机电设备有限公司") -> Record:
    mention = Mention((f"uscc:{code}", *more))
    return Record(f"registry/{code}/{len(more)}", "2020-01-01", [NodeClaim(mention, "company", (Name(name),), rank=90)])


def _named(owner: str, name: str) -> Record:
    node = NodeClaim(Mention((context_key(owner, name),)), "person", (Name(name),))
    return Record(f"officers/{owner}/{name}", "2020-01-01", [node])


ONE, TWO = "91359801TY0000001A", "91359801TY0000002B"


@pytest.mark.parametrize("by_undo", [True, False])
def test_merge_split_and_undo_lead_back(by_undo: bool) -> None:
    with towns() as (town,):
        town.load([_company(ONE), _company(TWO)])
        before = town.digest
        seq = town.decide("same", (f"uscc:{ONE}", f"uscc:{TWO}"))
        merged = town.book.store.get(_VIEW, [own_id(f"uscc:{ONE}"), own_id(f"uscc:{TWO}")])
        assert len({node.id for node in merged.values()}) == 1, "the retired id leads to the survivor"
        assert len(merged) == 2
        town.check()
        if by_undo:
            town.decide("undo", entry=seq)
        else:
            town.decide("different", (f"uscc:{ONE}", f"uscc:{TWO}"))
        town.check()
        assert town.digest == before


def test_namesakes_are_never_joined() -> None:
    with towns() as (town,):
        people = [NodeClaim(Mention((town.pid(i),)), "person", (Name("黎伯衡"),)) for i in (1, 2)]
        town.load([Record(f"p{i}", "2020-01-01", [claim]) for i, claim in enumerate(people)])
        assert len(town.book.store.search(_VIEW, "黎伯衡", 10, exact=True)) == 2


def test_a_weak_key_that_registers_tie_to_two_codes_belongs_to_neither() -> None:
    weak = "reg:359801000000017"
    for order in (0, 1):
        with towns() as (town,):
            records = [_company(ONE, weak), _company(TWO, weak)]
            for record in reversed(records) if order else records:
                town.load([record])
            one, two = (town.book.store.by_key(_VIEW, f"uscc:{code}") for code in (ONE, TWO))
            assert one and two and one.id != two.id
            assert own_id(weak) not in (one.id, two.id)
            held = town.book.store.get(_VIEW, [own_id(weak)]).get(own_id(weak))
            assert held is None, "the key alone has no claim of its own"
            town.check()


def test_a_person_known_by_name_is_one_while_his_owners_are_one() -> None:
    reg = "reg:359801000000017"
    with towns() as (town,):
        town.load([_named(f"uscc:{ONE}", "谢安"), _named(reg, "谢安"), _named(f"uscc:{TWO}", "谢安")])
        town.load([_company(TWO)])
        assert len(town.book.store.search(_VIEW, "谢安", 10, exact=True)) == 3
        town.load([_company(ONE, reg)])
        assert len(town.book.store.search(_VIEW, "谢安", 10, exact=True)) == 2
        town.check()
        town.decide("different", (f"uscc:{ONE}", reg))
        assert len(town.book.store.search(_VIEW, "谢安", 10, exact=True)) == 3
        town.check()


REG = "reg:359801000000017"


def _digests(orders: list[list[Record]]) -> set[str]:
    """The digest of each order of loading, every book checked."""
    found = set()
    with towns(len(orders)) as made:
        for town, order in zip(made, orders, strict=True):
            for record in order:
                town.load([record])
                town.check()
            found.add(town.digest)
    return found


def _weak(name: str = "岚汀市荻苇机电设备有限公司") -> Record:
    node = NodeClaim(Mention((REG,)), "company", (Name(name),), rank=50)
    return Record("penalties/1", "2020-01-01", [node])


def test_a_link_between_two_known_keys_joins_them() -> None:
    apart, linked = [_company(ONE), _weak()], _company(ONE, REG)
    with towns() as (town,):
        for record in (*apart, linked):
            town.load([record])
        one, two = (town.book.store.by_key(_VIEW, key) for key in (f"uscc:{ONE}", REG))
        assert one is not None and one == two
    assert len(_digests([[*apart, linked], [linked, *apart], [apart[1], linked, apart[0]]])) == 1


def test_a_link_that_a_newer_version_no_longer_says_ends() -> None:
    older = _company(ONE, REG)
    newer = Record(older.key, "2021-01-01", _company(ONE).claims)
    with towns() as (town,):
        for record in (older, _weak(), newer):
            town.load([record])
        one, two = (town.book.store.by_key(_VIEW, key) for key in (f"uscc:{ONE}", REG))
        assert one and two and one.id != two.id
        assert REG not in one.keys
    assert len(_digests([[older, _weak(), newer], [newer, _weak(), older], [_weak(), older, newer]])) == 1


def test_a_key_that_only_an_edge_gives_is_the_keys_of_its_node() -> None:
    two = _company(TWO)
    branch = EdgeClaim("branch_of", Mention((f"uscc:{TWO}",)), Mention((f"uscc:{ONE}", REG)))
    edge = Record("branches/1", "2020-01-01", [branch])
    with towns() as (town,):
        for record in (_company(ONE), two, edge):
            town.load([record])
            town.check()
        held = town.book.store.get(_VIEW, [own_id(REG)])[own_id(REG)]
        assert held.id == own_id(f"uscc:{ONE}")
    assert len(_digests([[_company(ONE), two, edge], [two, _company(ONE), edge]])) == 1


@pytest.mark.parametrize("together", [True, False])
def test_a_name_that_comes_under_another_key_of_its_owner_is_the_same_person(together: bool) -> None:
    people = [_named(f"uscc:{ONE}", "谢安"), _named(REG, "谢安")]
    with towns() as (town,):
        town.load([_company(ONE, REG)])
        for some in [people] if together else [[person] for person in people]:
            town.load(some)
            town.check()
        assert len(town.book.store.search(_VIEW, "谢安", 10, exact=True)) == 1
