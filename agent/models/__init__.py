"""Roles: who plans, who looks, who judges; language models and the planner that comes without one."""
