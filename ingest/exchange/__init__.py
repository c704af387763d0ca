"""The graph for others: files of a view, networkx graphs, a reader for py2neo. Reads only."""
