"""Questions about the graph as a whole: paths; later ownership, control and rings."""
