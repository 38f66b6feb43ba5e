"""Grids and micro-grids: how a village is divided, and who leads each part."""
