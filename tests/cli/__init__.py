"""The command line: commands as they are typed, and what they answer."""
