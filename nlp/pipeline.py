"""The pipeline: blank Chinese with one token a character, then sections, patterns and party block.

With the character segmenter every offset falls on a token. The components hold
no trained part, so ``to_disk`` saves the config and ``spacy.load`` restores it
once ``nlp.pipeline`` is imported, which registers the factories.
"""

import spacy
from spacy.language import Language

from nlp import party_block, patterns, relations, sections

#: In this order: each component reads what the one before has set.
COMPONENTS = ("cg_sections", "cg_patterns", "cg_party_block", "cg_relations")

#: The modules whose import registers the factories above.
REGISTERED = (sections, patterns, party_block, relations)


def build() -> Language:
    """A new pipeline; call it with a text of at most ``Language.max_length`` characters."""
    language = spacy.blank("zh")
    for name in COMPONENTS:
        language.add_pipe(name)
    return language
