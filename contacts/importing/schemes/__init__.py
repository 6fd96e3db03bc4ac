"""Territorial schemes in: their own file, and the mentions of them in a file of contacts."""
