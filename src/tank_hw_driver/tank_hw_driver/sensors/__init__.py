"""Battery, range, camera"""
