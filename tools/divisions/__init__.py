"""Makes `src/tongxin/divisions/data/divisions.zip` from packages that have the lists."""
