"""The catalogue of legal measures and the engine that says whom they reach, and whom not, and why."""
