"""Figures: sums of what each subject counts for, each opening onto the records behind it."""
