"""Tests. Folders mirror src/tongxin; `village.py` is the standing cast."""
