"""What console, report and the visitor's own course draw alike: the mood over time, the way of a take, the graph."""
