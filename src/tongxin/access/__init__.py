"""Who may do what, where: accounts, roles, devices, and the record of who looked at whom.

Accounts are facts like all else, so a role that somebody gives himself at a database console is
found by `verify`, and a backup of ledger and keys brings the accounts back.
"""
