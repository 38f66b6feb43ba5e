"""What a village knows of itself, in figures: its people, its grids, and how sound that is."""
