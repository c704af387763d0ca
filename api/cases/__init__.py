"""Cases as everybody meets them: who sees which, as bodies, on the command line, as files for departments."""
