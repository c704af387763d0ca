"""The pipeline: blank Chinese with one token a character, then rules, the learned ``ner`` and the merge of both.

With the character segmenter every offset falls on a token. ``to_disk`` saves
config and weights, and ``spacy.load`` restores them once ``nlp.pipeline`` is
imported, which registers the factories.
"""

import spacy
from spacy.language import Language

from nlp import gazetteer, merge, model_files, party_block, patterns, relations, sections, signatures

#: In this order: each component reads what the one before has set. ``ner`` is left out where there is no model.
COMPONENTS = (
    "cg_sections", "cg_patterns", "cg_party_block", "cg_signatures", "cg_relations", "cg_gazetteer", "ner", "cg_merge",
)  # fmt: skip

#: The modules whose import registers the factories above.
REGISTERED = (sections, patterns, party_block, signatures, gazetteer, merge, relations)


#: What only entities come from.
_ENTITIES = ("cg_gazetteer", "ner", "cg_merge")


def build(learned: bool = True, *, entities: bool = True) -> Language:
    """A new pipeline; call it with a text of at most ``Language.max_length`` characters.

    ``learned``: with the trained model, when its files are there; the rules work without it. ``entities``: False for
    the facts alone, in a third less time.
    """
    language = spacy.blank("zh")
    # The ner computes a batch at once: many long texts would take gigabytes, and time for want of cache.
    language.batch_size = 4
    for name in COMPONENTS:
        if not entities and name in _ENTITIES:
            continue
        if name != "ner":
            language.add_pipe(name)
        elif learned and model_files.available():
            model_files.add_to(language)
    return language
