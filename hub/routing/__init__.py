"""Routing, pure: who can ship, what it costs, the cheapest feasible plan, and why each location won or lost."""
