"""What holds of reach in any graph: nobody unnamed, nothing switched off, nothing gained by losing a record."""

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.measures.answers import REASONS
from tests.graph.measures.scenes import CATALOGUE, EXIT, ORDER, Scene, proposed, view

UNITS, PEOPLE, NAMELESS = ("甲公司", "乙公司"), ("张一", "李二", "赵三"), "王无号"
CASES = ("c1", "c2")
ROLES = ("legal_rep", "main_responsible", "actual_controller", "directly_responsible_debt", "relative", "subject", "")
ROW = {row.id: row for row in CATALOGUE.measures}

people = st.sampled_from((*PEOPLE, NAMELESS))
days = st.sampled_from(("2024-01-01", "2025-02-10", "2025-03-27", "2025-09-01", "2027-01-01"))
matches = st.sampled_from(("exact", "confirmed", "candidate"))


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Two units and four persons with any records, documents and roles among them."""
    scene = Scene()
    for unit in UNITS:
        scene.unit(unit)
    for person in PEOPLE:
        scene.person(person)
    scene.person(NAMELESS, numbered=False)
    subjects = st.sampled_from((*UNITS, *PEOPLE, NAMELESS))
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(("judgment_debtor", "listed_dishonest_debtor", "serious_illegal_list", "red_list")))
        props = {"active_from": draw(days), "list": draw(st.sampled_from(("", "L01", "L03", "red")))}
        end = {"active_to": draw(days)} if draw(st.booleans()) else {}
        scene.record(kind, [draw(subjects)], case=draw(st.sampled_from(CASES)), match=draw(matches), **props, **end)
    for _ in range(draw(st.integers(0, 5))):
        scene.order(
            draw(people),
            draw(st.sampled_from(ROLES)),
            draw(st.sampled_from(CASES)),
            kind=draw(st.sampled_from((ORDER, EXIT))),
            unit=draw(st.sampled_from(("", *UNITS))),
            adult=draw(st.sampled_from(("yes", "yes", "no"))),
            lifted=draw(st.sampled_from(("", "", "2026-01-01"))),
            match=draw(matches),
        )
    for _ in range(draw(st.integers(0, 2))):
        unit, named = draw(st.sampled_from(UNITS)), draw(st.lists(people, max_size=2, unique=True))
        scene.wage_listing(unit, [(person, draw(st.sampled_from((*ROLES, "directly_in_charge")))) for person in named])
        scene.tax_notice(unit, draw(people), draw(days), role=draw(st.sampled_from(("", "legal_rep", "manager"))))
    for _ in range(draw(st.integers(0, 4))):
        relation = draw(st.sampled_from(("legal_rep_of", "main_responsible_of", "supervisor_of")))
        start = draw(st.none() | days)
        scene.officer(draw(people), draw(st.sampled_from(UNITS)), start, draw(st.none() | days), relation)
    for _ in range(draw(st.integers(0, 2))):
        scene.snapshot(draw(people), draw(st.sampled_from(UNITS)), draw(st.none() | days), match=draw(matches))
    return scene


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_nothing_reaches_anybody_whom_no_document_names(scene: Scene) -> None:
    namings = [edge for edge in scene.graph.scan_edges(view(None), ["names"]) if edge.match != "candidate"]
    for subject in (*UNITS, *PEOPLE, NAMELESS):
        for proposal in scene.ask(subject).proposed:
            row = ROW[proposal.measure]
            assert row.enabled and row.act in ("consequence", "reward")
            assert proposal.party.name != NAMELESS
            if proposal.hop == 0:
                assert (proposal.party.name, proposal.role) == (subject, "subject")
                continue
            assert subject in UNITS
            assert proposal.role in row.extends_to and proposal.role != "relative"
            own = [e for e in namings if e.target == proposal.party.id and e.props.get("adult") == "yes"]
            assert {edge.id for edge in own} & {edge.id for edge in proposal.grounds}


@settings(max_examples=100, deadline=None)
@given(scenes(), st.data())
def test_losing_a_record_never_adds_a_proposal(scene: Scene, data: st.DataObject) -> None:
    subject = data.draw(st.sampled_from(UNITS + PEOPLE))
    before = proposed(scene.ask(subject))
    scene.graph.remove(data.draw(st.sampled_from(scene.records)))
    assert proposed(scene.ask(subject)) <= before


@settings(max_examples=100, deadline=None)
@given(scenes())
def test_an_answer_is_one_answer_and_rests_on_records_of_its_subject(scene: Scene) -> None:
    for subject in UNITS + PEOPLE:
        answer = scene.ask(subject)
        said_yes = [(p.measure, p.party.id, p.role) for p in answer.proposed]
        said_no = [(r.measure, r.party.id if r.party else r.party_name, r.role) for r in answer.not_reached]
        assert len(set(said_yes)) == len(said_yes)
        assert not set(said_yes) & set(said_no)
        assert {r.reason for r in answer.not_reached} <= set(REASONS)
        about = {e.source for e in scene.graph.neighbours(view(None), [subject], ["about"], "in")}
        for proposal in answer.proposed:
            assert {record.id for record in proposal.records} <= about
            assert all(edge.match != "candidate" for edge in proposal.grounds)
        assert answer == scene.ask(subject)
