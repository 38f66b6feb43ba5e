"""The divisions of the country (GB/T 2260) down to the township: names, ways down, old codes."""
