"""A space's versions as commits, in the order of time, and commits as versions."""
