"""The ownership index: who holds how much of whom, through any number of levels and rings, exact and fast.

Nodes are numbers 0 … n - 1; whoever makes an index keeps the table to ids. All numbers in and out are these (int32),
all shares parts of one (float64). Several threads may ask an index at a time; one changes it while nobody asks.

``Edges.of(owner, owned, share, votes=None)``
    the holdings; at most one a pair; unknown shares do not belong here; rows over 1 are taken as they are.
``OwnershipIndex.build(is_company, edges)`` → index
    ``is_company[v]``: v may be held. RingTooLarge for a ring of over 5,000 members.
``index.up(company)`` → Holders(node, share, unattributed, excess, blocked, over_100, rings)
    every direct and indirect holder. Over persons: sum of share + unattributed + blocked - excess = 1.
``index.down(holder)`` → Held(node, share)
``index.up_many(companies)``, ``index.down_many(holders)`` → the same as one CSR
``index.rings()`` → Ring(number, members, kind) each; kind ``sound``; no number passes ``closed``, ``inconsistent``
``index.owners_at_least(cut, strict=False)`` → Owners(company, person, share): the ends that hold so much, everywhere
``index.control()`` → Control: ``pairs()``, ``controlled_by(holder)``, ``controllers_of(company)``, ``ultimate(…)``
``index.changed(edges)`` → Changed: pairs get a new share and votes (0: removed); only what can change is made again
``index.save(folder, key)``; ``OwnershipIndex.load(folder, key)`` → index, None unless a whole one of this key is there

Importing this package imports numba; nothing else of ``graph.analysis`` does.
"""

from graph.analysis.index.build import Edges
from graph.analysis.index.control import Control
from graph.analysis.index.ownerlists import Owners
from graph.analysis.index.ownership import Changed, Held, HeldMany, Holders, HoldersMany, OwnershipIndex, Ring
from graph.analysis.index.rings import LARGEST, RingTooLarge

__all__ = [
    "LARGEST",
    "Changed",
    "Control",
    "Edges",
    "Held",
    "HeldMany",
    "Holders",
    "HoldersMany",
    "Owners",
    "OwnershipIndex",
    "Ring",
    "RingTooLarge",
]
