"""Passages at a checkpoint (入村关): who came through, what was shown, and what follows."""
