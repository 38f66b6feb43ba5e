"""Calls to people who are away in named areas (重点地区): do they come, and when to ask again."""
