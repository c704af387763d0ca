"""How well judgments are read: precision, recall and F1 by field against annotated texts.

``scoring`` holds the rules of the public scorer of this annotation form, ``corpus`` finds texts and predictions,
``report`` prints and compares with a stored baseline. ``python -m nlp.evaluation`` is ``make nlp-eval``.
"""
