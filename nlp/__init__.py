"""Judgment text to facts with character spans: rules as spaCy components, no database, no network.

``nlp.facts.read`` is the way in. The house inside: ``compact`` (a folded view
of the text with its offset map), ``lexicon`` (the words of Chinese procedure),
``sections``, ``patterns`` and ``party_block`` (one spaCy component each),
``pipeline`` (puts them together) and ``facts`` (typed results). Entities come
from ``gazetteer``, the learned ``ner`` in ``model`` and ``merge``; ``entities``
gives them. ``composed`` makes documents to train and measure with, ``training``
trains; the program imports neither.
Offsets are Python string indexes into the text as given, end exclusive.
"""
