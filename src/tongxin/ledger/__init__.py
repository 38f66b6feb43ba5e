"""What happened, in a form that can be trusted and that forgets: facts, chain, keys, the writer."""
