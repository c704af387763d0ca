"""The only place that wires the rooms together: command line, later HTTP."""
