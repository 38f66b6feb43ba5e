"""Members linked to households (党员联户): who looks after whom, and who nobody looks after."""
