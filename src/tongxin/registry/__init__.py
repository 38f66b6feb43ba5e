"""What a township knows of itself: its places, the packs in force, the areas at risk."""
