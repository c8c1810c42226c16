"""What the simulated robot senses"""
