"""The web: composition, guards, sessions, the sync door. Pillars bring their own pages and API."""
