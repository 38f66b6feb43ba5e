"""The vocabulary that everything else speaks: ids, areas, remit, clock, texts, problems."""
