"""The closed lists we ship: one folder a pack, one file a list, read once into the tables that the admin edits."""
