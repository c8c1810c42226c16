"""Motors and servos"""
