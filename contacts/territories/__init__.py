"""The official geographic code: the file we ship, its loading, and reading a place from what people type."""
