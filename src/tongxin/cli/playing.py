"""`tongxin demo` and `bench`, and the names that are reserved."""
