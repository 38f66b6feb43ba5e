"""Who works for the township's people: posts in grids, and service of the three forces."""
