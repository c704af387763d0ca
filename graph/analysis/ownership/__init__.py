"""Who owns and controls a company: exact shares on rings, control by votes, beneficial owners by dated rules.

Numbers are fractions (``fractions.Fraction``) of one, so 25 percent is 25 percent. A ring too large for fractions is
solved in floating point, and what passes through it is a float. A city or a register is a matter of
``graph.analysis.index``; here is the part of it that one question needs.
"""
