"""What a step costs: hard links, offices, soft links; what it costs to pass a node that many share.

The cost of a path is the sum of its steps and, for every inner node, ``max(0, log2(degree) - 3)``. The degree is that
in the relation walked; a node entered by one relation and left by another pays half of each, so that what counts is
how many pairs it could join. Costs are whole thousandths: sums are exact and ties are ties.
"""

from collections.abc import Mapping

from graph.model.ontology import PATH_RELATIONS

#: Thousandths of a cost in one unit of it.
UNIT = 1000

HARD, OFFICE, SOFT = 1000, 1500, 3000

#: Offices without the power to represent or to own.
_OFFICES = frozenset({"director_of", "supervisor_of", "manager_of", "main_responsible_of", "practises_at"})

#: Who stands for whom in a case.
AGENT = "represents"

#: Links to what is no node of the graph: a registered address, the law firm of an agent.
ADDRESS, FIRM = "registered_address", "represented_by"

SOFT_RELATIONS = (AGENT, ADDRESS, FIRM)

#: All relations of the index; a relation is known inside by its place here.
RELATIONS = (*PATH_RELATIONS, *SOFT_RELATIONS)

#: Relation -> cost of a step in thousandths.
COSTS: Mapping[str, int] = {
    **{name: OFFICE if name in _OFFICES else HARD for name in PATH_RELATIONS},
    **dict.fromkeys(SOFT_RELATIONS, SOFT),
}

#: A node with more neighbours than this in one relation is a hub in it.
HUB = 1000

#: Kinds that are never inside a path, only its end: everybody deals with them.
NO_BRIDGES = frozenset({"department", "court"})
