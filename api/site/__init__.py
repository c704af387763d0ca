"""The pages: the same answers as the service, for people with a browser; no script is needed."""
