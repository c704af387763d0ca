"""The one machine of everything that people decide step by step: kinds, states, transitions, bodies and clocks as data.

``machine`` is pure: what a kind allows next, and why not. ``argument`` says what a case of a measure rests on. ``acts``
writes what somebody does; ``sync`` lets cases follow what the engine of reach finds after a batch.
"""
