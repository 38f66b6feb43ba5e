"""What is owed: tasks, and the alarm when one is late. One home for all pillars' tasks."""
