"""The gold annotation of a composed document, in the shape that hand-made annotations of judgments have here.

``doc``, ``parties``, ``agents``, ``relations``, ``amounts``, ``statutes``, ``judges``; relations also of the types
added_as_debtor, administrator_of and penalised_by.
"""

from typing import Any

from nlp.composed.layout import Layout
from nlp.composed.scene import Scene
from nlp.composed.values import yuan
from nlp.composed.write import Judge, agents_of

_ROLES = (
    "原告", "被告", "第三人", "上诉人", "被上诉人", "再审申请人", "被申请人", "申请人", "申请执行人", "被执行人",
    "异议人", "公诉机关", "被告人", "被告单位",
)  # fmt: skip
_WHAT = (
    "principal", "interest", "penalty", "wage", "compensation", "total", "fine", "confiscation", "court_fee",
)  # fmt: skip


def _role(printed: str) -> str:
    """The role of the annotation: 原审 and 一审 dropped; it has no 当事人 of a penalty decision."""
    for word in ("原审", "一审"):
        printed = printed.removeprefix(word)
    return "被申请人" if printed == "当事人" else printed


def gold(scene: Scene, layout: Layout, judges: list[Judge], headless: bool) -> dict[str, Any]:
    """The annotation; values as printed, amounts in yuan."""
    court = scene.court if scene.kind["sign"] != "agency" and not headless else None
    return {
        "doc": {
            "case_no": layout.printed(scene.number or None),
            "court": court,
            "doc_type": None if headless else scene.title,
            "judgment_date": scene.signed_on.isoformat(),
            "cause": scene.cause or None,
        },
        "parties": _parties(scene, layout),
        "agents": [
            {
                "name": layout.printed(agent.name),
                "firm": layout.printed(agent.firm or None),
                "for": [layout.printed(actor.name)],
            }
            for agent, actor in agents_of(scene)
        ],
        "relations": _relations(scene, layout),
        "amounts": _amounts(scene),
        "statutes": [
            {"law": layout.printed(law), "article": article} for law, article in dict.fromkeys(scene.statutes)
        ],
        "judges": [{"name": name, "title": title} for name, title in judges],
        "synthetic": True,
    }


def _parties(scene: Scene, layout: Layout) -> list[dict[str, Any]]:
    found = []
    for actor in scene.cast.values():
        role = _role(actor.base_role)
        if role in _ROLES:
            found.append(
                {
                    "name": layout.printed(actor.name),
                    "role": role,
                    "kind": actor.kind,
                    "id_number": layout.printed(actor.id_number or None),
                    "uscc": layout.printed(actor.uscc or None),
                    "legal_rep": layout.printed(actor.representative or None),
                }
            )
    return found


def _relations(scene: Scene, layout: Layout) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for actor in scene.cast.values():
        if actor.role and actor.representative:
            found.append({"type": "legal_rep_of", "from": actor.representative, "to": actor.name})
        found += [{"type": "agent_of", "from": agent.name, "to": actor.name} for agent in actor.agents]
    found += scene.relations
    return [
        relation | {"from": layout.printed(relation["from"]), "to": layout.printed(relation["to"])}
        for relation in found
    ]


def _amounts(scene: Scene) -> list[dict[str, Any]]:
    found: dict[str, str] = {}
    for fen, name in scene.amounts or ():
        what = name.rstrip("0123456789")
        found.setdefault(yuan(fen), what if what in _WHAT else "other")
    return [{"value_yuan": value, "what": what} for value, what in found.items()]
