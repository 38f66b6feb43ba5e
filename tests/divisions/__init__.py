"""The divisions of the country."""
