"""How it moves: laws of motion, routes, and what keeps it from obstacles"""
