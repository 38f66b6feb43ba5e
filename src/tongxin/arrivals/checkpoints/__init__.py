"""Checkpoints at the entrances of villages: where they are, and which villages they cover."""
