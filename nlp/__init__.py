"""Judgment text to facts with character spans: rules as spaCy components, no database, no network.

``nlp.reader.read`` is the way in. The house inside: ``compact`` (a folded view
of the text with its offset map), ``lexicon`` (the words of Chinese procedure),
``sections``, ``patterns``, ``party_block``, ``signatures`` and ``relations`` (one
spaCy component each), ``pipeline`` (puts them together) and ``facts`` (typed
results). ``relations`` stands on ``reading``, which has ``cast`` (who is who),
``disposition``, ``obligations``, ``debts``, ``liability``, ``guarantees``,
``holdings``, ``offices`` and ``history`` read one document. Entities come
from ``gazetteer``, the learned ``ner`` in ``model`` and ``merge``; ``entities``
gives them. ``annotation`` is the exchange form. ``composed`` makes documents to
train and measure with, ``training`` trains, ``evaluation`` scores; the program
imports none of them.
Offsets are Python string indexes into the text as given, end exclusive.
"""
