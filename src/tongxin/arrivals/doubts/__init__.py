"""Doubts: two records that may be one person. Likeness proposes, a person decides."""
