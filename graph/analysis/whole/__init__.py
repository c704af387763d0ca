"""The whole register of a view at once: numbers for nodes, the ownership index over them, and who owns every company.

``table`` reads a view into arrays by the same rules as the reading of one company; ``owners`` finds the beneficial
owners of all companies that arrays can tell everything about; ``kept`` keeps both beside the data and makes them
current after a batch. Importing a module of this package imports numba.
"""
