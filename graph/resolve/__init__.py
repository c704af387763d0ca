"""Who is who: clusters of keys, exact rules and human judgements; nothing merges by name alone."""
