"""Returns told ahead (提前三天报备): for a family in one go, each person's fact his own."""
