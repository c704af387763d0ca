"""The shapes of answers on ownership, for the OpenAPI document."""

from collections.abc import Mapping

from api.shapes import COUNT, DAY, EDGE, FLAG, TEXT, TIMES, Schema, listed, or_null, page_of, ref, shape

_PCT: Schema = {"type": "number", "description": "in percent"}
_EDGES = listed(ref("Edge"))
#: Somebody, or the id alone of somebody who is only assumed.
_WHO = shape({"id": or_null(TEXT), "kind": or_null(TEXT), "name": TEXT})

_CHAIN = shape({"pct": _PCT, "edges": listed(TEXT), "nodes": listed(TEXT)})
_SHARE = shape(
    {"owner": _WHO, "pct": _PCT, "flags": listed(TEXT)},
    {"exact": TEXT, "level": COUNT, "at_most": _PCT, "chains": listed(_CHAIN), "rest": _PCT, "chains_cut": FLAG}
    | {"match": {"enum": ["exact", "confirmed", "candidate"]}},
)
OWNERSHIP = shape(
    {
        "integrated": listed(_SHARE),
        "possible": listed(shape({"owner": _WHO, "at_most": _PCT})),
        "unnumbered": listed(_WHO),
        "unattributed": or_null(_PCT),
        "controller": listed(_WHO),
        "ubo": listed(shape({"person": _WHO, "pct": _PCT})),
        "anomalies": {"type": "object", "additionalProperties": listed(_WHO)},
        "not_counted": _EDGES,
        "edges": _EDGES,
    },
    {"notice": TEXT},
)
_STEP = shape(
    {
        "company": _WHO,
        "pct": _PCT,
        "declared": FLAG,
        "by": listed(shape({"holder": _WHO, "pct": _PCT, "edge": or_null(TEXT)})),
    }
)
_CONTROLLER = shape(
    {"controller": or_null(_WHO), "basis": {"enum": ["declared", "votes"]}, "steps": listed(_STEP)},
    {"agreement": _WHO, "members": listed(_WHO)},
)
CONTROLLERS = shape(
    {
        "controller": listed(_WHO),
        "declared": listed(_CONTROLLER),
        "by_votes": listed(_CONTROLLER),
        "candidates": listed(
            shape(
                {"holder": _WHO, "pct": _PCT, "reason": {"enum": ["not_over_half", "controlled"]}}, {"by": listed(_WHO)}
            )
        ),
        "mutual_control": listed(_WHO),
        "rule": TEXT,
        "edges": _EDGES,
    }
)
_CRITERION = shape({"article": TEXT, "measure": TEXT, "zh": TEXT, "en": TEXT, "basis_checked_on": or_null(DAY)})
_NUMBERS: Mapping[str, Schema] = {
    "person": _WHO,
    "pct": _PCT,
    "exact": or_null(TEXT),
    "votes_pct": _PCT,
    "controls": or_null({"enum": ["alone", "together"]}),
    "offices": listed(TEXT),
}
BENEFICIAL = shape(
    {
        "rules": shape(
            {name: TEXT for name in ("id", "title", "issuer", "document_no", "source", "order")}
            | {"valid_from": DAY, "criteria": listed(_CRITERION)}
        ),
        "switched_off": listed(_CRITERION),
        "nothing_for": or_null({"type": "object"}),
        "exempt": or_null(shape({"article": TEXT, "may_apply": FLAG})),
        "state_controlled": FLAG,
        "results": listed(shape({**_NUMBERS, "criterion": _CRITERION, "sure": FLAG, "consider": FLAG})),
        "others": listed(shape({**_NUMBERS, "why": listed({"type": "object"})})),
        "offices": _EDGES,
    }
)
RING = shape(
    {
        "kind": {"enum": ["guarantee", "shareholding"]},
        "members": listed(ref("Entity")),
        "edges": _EDGES,
        "circles": listed(listed(TEXT)),
        "circles_cut": FLAG,
        "around": shape({"subjects": COUNT, "links": COUNT, "truncated": FLAG}, {"exposed_yuan": TEXT}),
    },
    {"exposed_yuan": TEXT, "without_amount": COUNT},
)
_HELD = shape(
    {
        "company": ref("Entity"),
        "pct": _PCT,
        "exact": or_null(TEXT),
        "controlled": FLAG,
        "votes_pct": or_null(_PCT),
        "flags": listed(TEXT),
        "edge": or_null(shape(EDGE)),
    }
)
_CONTROLLED = shape({"company": ref("Entity"), "votes_pct": _PCT, "declared": FLAG})
GROUP = shape(
    {
        "groups": listed(
            shape(
                {
                    "head": _WHO,
                    "argument": or_null(_CONTROLLER),
                    "total": COUNT,
                    "controlled": listed(_CONTROLLED),
                    "sisters": shape({"total": COUNT, "note": TEXT, "companies": listed(ref("Entity"))}),
                }
            )
        )
    }
)
LEAF = shape({"node": _WHO, "level": COUNT, "pct": or_null(_PCT), "ring": FLAG})
_HEAD: Mapping[str, Schema] = {"entity": ref("Entity"), **TIMES}

#: Sections of the file that are told here, by their name.
SECTIONS: Mapping[str, Schema] = {
    "ownership": OWNERSHIP,
    "controllers": CONTROLLERS,
    "beneficial-owners": BENEFICIAL,
    "group": GROUP,
    "rings": listed(RING),
    "holds": listed(_HELD),
    "tree": listed(LEAF),
}

#: Method and path below the prefix -> the body of a good answer.
ANSWERS: Mapping[str, Schema] = {
    **{
        f"get /entities/{{id}}/{name}": {"allOf": [SECTIONS[name], shape(_HEAD)]}
        for name in ("ownership", "controllers", "beneficial-owners", "group")
    },
    "get /entities/{id}/rings": page_of(RING, **_HEAD),
    "get /entities/{id}/holds": page_of(_HELD, **_HEAD),
    "get /entities/{id}/tree": page_of(LEAF, **_HEAD),
    "post /entities/{id}/what-if": shape(
        {
            "changed": listed(shape({"owner": _WHO, "now": _PCT, "then": _PCT})),
            "controller_now": listed(_WHO),
            "controller_then": listed(_WHO),
            "controller_changes": FLAG,
            "then": shape({"ownership": OWNERSHIP, "controllers": CONTROLLERS}),
            "note": TEXT,
            **_HEAD,
        }
    ),
}
