"""The yardstick: a plain Django admin with stock import-export and simple-history, on the same file."""
