"""Who is one human being with whom: ID numbers, and people's recorded decisions."""
