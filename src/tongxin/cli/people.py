"""`tongxin explain` and `forget`: one subject, from the ledger itself."""
