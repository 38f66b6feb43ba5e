"""Who lives here and who visits: at home or away, and what somebody needs."""
