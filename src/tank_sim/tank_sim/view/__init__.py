"""How people see the simulation"""
