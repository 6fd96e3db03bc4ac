"""Spreadsheets in: contacts and schemes. `importer.py` is the door; docs/import.md tells the rules."""
