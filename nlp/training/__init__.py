"""Training of the learned ``ner``: corpus, config, the run itself. ``python -m nlp.training`` does all of it.

The program never imports this package; it reads ``nlp/model``, which a run writes.
"""
