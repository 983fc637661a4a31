"""One module for each source system."""
