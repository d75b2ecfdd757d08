"""The planner that comes without a model: it drives the graph by rules and answers in the sources' own words."""
