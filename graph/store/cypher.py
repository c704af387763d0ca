"""The Cypher texts of the Neo4j store, by name.

Written in Cypher 5 for Neo4j 5.26, Community edition. The graph in words:

* ``(:Company {id, name, uscc, …})``: a node has its kind as label, its extra
  labels (``Intermediary``, ``Practitioner``) and ``_Item``, under which ids are
  unique. Its plain properties are what a reader of the highest level sees.
* ``-[:SHAREHOLDER_OF {id, valid_from, valid_to, share, …}]->``: a relation in
  capitals; dates are ISO texts, an open end is absent.
* Properties that begin with ``_`` are the store's: ``_facts``/``_item`` the whole
  item as JSON, from which every answer is made; ``_kh`` hashes of all keys, among
  them the ids of merged nodes; ``_names`` search tokens; ``_pu``/``_su`` the day on
  which it is no longer public or shared; ``_dh`` its hash in the digest;
  ``_mixed`` an edge whose claims differ in openness.
* ``(:_Checkpoint)``: how far the store has come; ``pending`` while a large step is
  being written in several transactions. ``(:_Item:_Missing)``: the place of a node
  that an edge needs and that is not there (yet).

Nothing in here comes from a user but by parameter; :func:`typed` puts in
relationship types, which Cypher cannot take as a parameter in a pattern.
"""

from collections.abc import Iterable

from graph.model.claims import RESTRICTED, SHARED
from graph.store.base import View

# --- schema -------------------------------------------------------------------------------------------------------

#: Schema that does not depend on relations; every statement may be run again.
SCHEMA = {
    # ids are unique whatever the kind: MERGE finds a node by this index
    "item_id": "CREATE CONSTRAINT item_id IF NOT EXISTS FOR (n:_Item) REQUIRE n.id IS UNIQUE",
    # two writers that begin at once must not make two checkpoints
    "checkpoint_name": "CREATE CONSTRAINT checkpoint_name IF NOT EXISTS FOR (c:_Checkpoint) REQUIRE c.name IS UNIQUE",
    # look-up by any key or retired id: hex tokens, so `whitespace` keeps them as they are
    "item_keys": """
        CREATE FULLTEXT INDEX item_keys IF NOT EXISTS FOR (n:_Item) ON EACH [n._kh]
        OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}""",
    # names as phrases of tokens; these are made by the project (names.py), not by the analyzer
    "item_names": """
        CREATE FULLTEXT INDEX item_names IF NOT EXISTS FOR (n:_Item) ON EACH [n._names]
        OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}""",
    # for people who ask in Cypher; the store itself does not use them
    "company_uscc": "CREATE INDEX company_uscc IF NOT EXISTS FOR (n:Company) ON (n.uscc)",
    "company_name": "CREATE INDEX company_name IF NOT EXISTS FOR (n:Company) ON (n.name)",
    "person_name": "CREATE INDEX person_name IF NOT EXISTS FOR (n:Person) ON (n.name)",
}

#: One constraint a relation: its index gives edges in order of id, page by page.
EDGE_ID = "CREATE CONSTRAINT {name} IF NOT EXISTS FOR ()-[r:{type}]-() REQUIRE r.id IS UNIQUE"

#: The few edges of mixed openness, all relations together.
EDGE_MIXED = """
    CREATE FULLTEXT INDEX edge_mixed IF NOT EXISTS FOR ()-[r:{types}]-() ON EACH [r._mixed]
    OPTIONS {{indexConfig: {{`fulltext.analyzer`: 'whitespace'}}}}"""

#: What is there and usable; a constraint's index carries its name.
INDEXES = "SHOW INDEXES YIELD name, state, type WHERE type <> 'LOOKUP' RETURN name, state"

#: Wait until new indexes are filled.
AWAIT_INDEXES = "CALL db.awaitIndexes($seconds)"

# --- checkpoint ---------------------------------------------------------------------------------------------------

#: The checkpoint as it stands, in one row or none.
STATE = """
    MATCH (c:_Checkpoint {name: 'graph'})
    RETURN c.ledger_id AS ledger_id, c.head_hash AS head_hash, c.seq AS seq, c.schema AS schema,
           c.digest AS digest, coalesce(c.pending, false) AS pending"""

#: Held open by whoever writes and never committed: others wait here; it ends with the connection of one that dies.
WRITER = "MERGE (c:_Checkpoint {name: 'writer'}) RETURN c.name"

#: First statement of every writing transaction.
LOCK = """
    MERGE (c:_Checkpoint {name: 'graph'})
    SET c.version = coalesce(c.version, 0) + 1
    RETURN c.buckets AS buckets"""

#: Last statement of a writing transaction; ``checkpoint`` is an empty map while the step goes on.
FINISH = """
    MATCH (c:_Checkpoint {name: 'graph'})
    SET c.buckets = $buckets, c.pending = $pending, c += $checkpoint"""

#: First row of every read: ``pending`` and the number of writes so far, to tell a torn answer from a whole one.
MARK = "MATCH (c:_Checkpoint {name: 'graph'}) RETURN [c.version, c.pending] AS mark, null AS row"

# --- writing ------------------------------------------------------------------------------------------------------
# Each returns the hashes (`dh`) of what it takes away or writes over, null for what is new.

#: Take away all edges of some nodes.
DROP_EDGES_OF = """
    UNWIND $ids AS id
    MATCH (:_Item {id: id})-[r]-()
    WITH DISTINCT r, r._dh AS dh
    DELETE r
    RETURN dh"""

#: Take away all edges of (type, source id, target id).
DROP_PAIRS = """
    UNWIND $pairs AS pair
    MATCH (a:_Item {id: pair[1]})-[r]->(b:_Item {id: pair[2]})
    WHERE type(r) = pair[0]
    WITH r, r._dh AS dh
    DELETE r
    RETURN dh"""

#: Empty nodes of everything but the id, so that an edge that stays keeps its place.
DROP_NODES = """
    MATCH (n:_Item)
    WHERE n.id IN $ids
    WITH n, n._dh AS dh
    REMOVE n:$([label IN labels(n) WHERE label <> '_Item'])
    SET n = {id: n.id}, n:_Missing
    RETURN dh"""

#: Delete the empty ones that no edge holds.
SWEEP = "MATCH (n:_Missing) WHERE NOT EXISTS { (n)--() } DELETE n"

#: Write nodes, new ones or over old ones; edges stay.
PUT_NODES = """
    UNWIND $rows AS row
    MERGE (n:_Item {id: row.props.id})
    WITH n, row, n._dh AS dh
    REMOVE n:$([label IN labels(n) WHERE NOT label IN row.labels])
    SET n = row.props
    SET n:$(row.labels)
    RETURN dh"""

#: Write edges, each new: their pairs were dropped before.
PUT_EDGES = """
    UNWIND $rows AS row
    MERGE (a:_Item {id: row.source}) ON CREATE SET a:_Missing
    MERGE (b:_Item {id: row.target}) ON CREATE SET b:_Missing
    CREATE (a)-[r:$(row.type)]->(b)
    SET r = row.props
    RETURN null AS dh"""

#: First step of emptying the store: from here on it has no state, also when the rest is interrupted.
CLEAR_STATE = """
    MERGE (c:_Checkpoint {name: 'graph'})
    WITH c, coalesce(c.version, 0) + 1 AS version
    SET c = {name: 'graph', pending: true, version: version}"""

#: Edges before nodes: a node with 100,000 edges would be one large transaction. Foreign data stays.
CLEAR_EDGES = "MATCH (:_Item)-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS"
CLEAR_NODES = "MATCH (n:_Item) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
CLEAR_CHECKPOINT = "MATCH (c:_Checkpoint) DELETE c"

# --- reading ------------------------------------------------------------------------------------------------------
# {nodes} and {edges} are conditions on the view (see neo4j.py), {types} a pattern's types. Every read returns `row`.

#: Nodes by their own id.
NODES_BY_ID = """
    MATCH (n:_Item)
    WHERE n.id IN $ids AND n._facts IS NOT NULL
    RETURN [n.id, n._facts] AS row"""

#: Nodes by the hash of any of their keys; ``$tokens`` is a list of hashes parted by spaces.
NODES_BY_KEY = """
    CALL db.index.fulltext.queryNodes('item_keys', $tokens) YIELD node AS n
    RETURN [n.id, n._facts, n._kh] AS row"""

#: A page of the nodes whose names may hold what is asked, in order of id.
NODES_BY_NAME = """
    CALL db.index.fulltext.queryNodes('item_names', $phrase) YIELD node AS n
    WHERE n.id > $after AND {nodes}
    WITH n ORDER BY n.id LIMIT $page
    RETURN [n.id, n._facts] AS row"""

#: A page of all nodes, in order of id.
NODE_PAGE = """
    MATCH (n:_Item)
    WHERE n.id > $after AND n._facts IS NOT NULL AND {nodes}
    WITH n ORDER BY n.id LIMIT $page
    RETURN [n.id, n._facts] AS row"""

#: Edges out of (or into, with the arrow turned) some nodes.
EDGES_OF = """
    UNWIND $ids AS id
    MATCH (n:_Item {{id: id}}){left}[r{types}]{right}()
    WHERE {edges}
    RETURN [r.id, r._item] AS row"""

#: The first edges of each node, in the order in which they are listed.
FIRST_EDGES_OF = """
    UNWIND $ids AS id
    MATCH (n:_Item {{id: id}})
    CALL (n) {{
        MATCH (n){left}[r{types}]{right}(m)
        WHERE {edges}
        RETURN r ORDER BY toLower(type(r)), m.id, coalesce(r.valid_from, ''), r.id LIMIT $limit
    }}
    RETURN [r.id, r._item] AS row"""

#: Edges of mixed openness of some nodes: what shows of them is made by the reader.
MIXED_EDGES_OF = """
    UNWIND $ids AS id
    MATCH (n:_Item {{id: id}}){left}[r{types}]{right}()
    WHERE r._mixed IS NOT NULL
    RETURN [r.id, r._item] AS row"""

#: Numbers of edges by node and relation.
COUNTS = """
    UNWIND $ids AS id
    MATCH (n:_Item {{id: id}}){left}[r]{right}()
    WHERE {edges}
    WITH id, type(r) AS type, count(*) AS total
    RETURN [id, type, total] AS row"""

#: A page of the edges of one relation, in order of id.
EDGE_PAGE = """
    MATCH ()-[r{types}]->()
    WHERE r.id > $after AND {edges}
    WITH r ORDER BY r.id LIMIT $page
    RETURN [r.id, r._item] AS row"""

#: The same with the ends, type and dates that the graph itself shows, for reading back.
EDGE_PAGE_AS_DRAWN = """
    MATCH (a)-[r{types}]->(b)
    WHERE r.id > $after
    WITH a, r, b ORDER BY r.id LIMIT $page
    RETURN [r.id, r._item, a.id, b.id, type(r), r.valid_from, r.valid_to] AS row"""

#: All edges of mixed openness.
MIXED_EDGES = """
    CALL db.index.fulltext.queryRelationships('edge_mixed', 'yes') YIELD relationship AS r
    RETURN [r.id, r._item] AS row"""


def typed(types: Iterable[str]) -> str:
    """Relationship types of the ontology, which checks how they are written, as part of a pattern: ``:A|B``."""
    return ":" + "|".join(types)


def marked(*texts: str) -> str:
    """One query of several reads, all returning ``row``, after the mark of the checkpoint."""
    rows = [text.replace("RETURN [", "RETURN null AS mark, [") for text in texts]
    return "\nUNION ALL\n".join([MARK, *rows])


def schema(types: Iterable[str]) -> dict[str, str]:
    """Everything that the graph needs, by name; ``types``: all relationship types."""
    ordered = sorted(types)
    wanted = {**SCHEMA, "edge_mixed": EDGE_MIXED.format(types="|".join(ordered))}
    return wanted | {f"id_{t.lower()}": EDGE_ID.format(name=f"id_{t.lower()}", type=t) for t in ordered}


def shown_node(view: View) -> str:
    """The condition under which a node shows at the level of a view."""
    if view.level >= RESTRICTED:
        return "true"
    return f"n.{'_su' if view.level == SHARED else '_pu'} > $today"


def shown_edge(view: View) -> str:
    """The condition under which an edge shows; below the highest level, mixed ones are left to the reader."""
    clauses = []
    if view.level < RESTRICTED:
        clauses.append(f"r._mixed IS NULL AND r.{'_su' if view.level == SHARED else '_pu'} > $today")
    if view.as_of is not None:
        clauses.append("(r.valid_from IS NULL OR r.valid_from <= $as_of)")
        clauses.append("(r.valid_to IS NULL OR r.valid_to > $as_of)")
    return " AND ".join(clauses) or "true"
