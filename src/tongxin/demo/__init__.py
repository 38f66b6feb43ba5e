"""The demo: a small township with made-up people, played through the program's own API."""
