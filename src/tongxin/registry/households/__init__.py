"""Households: where they live, who was met at the door, what a second look found right."""
