"""The demo: its people, its scenario, and that it is built whole or not at all."""
