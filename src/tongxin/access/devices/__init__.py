"""The telephones that sign for accounts: registered by their owners, withdrawn when lost."""
