"""Who is coming and who came: declaration, passage and finding of one journey, side by side."""
