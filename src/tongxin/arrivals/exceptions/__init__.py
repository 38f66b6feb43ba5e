"""Exceptions to what the rules ask of one person: proposed with a reason and an end, approved."""
