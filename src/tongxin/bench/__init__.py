"""What the program's speed is on this machine, each figure beside the bare ceiling of its run."""
