"""Connectors: writes one from a sample, checks one, and says what a built warehouse lacks."""
