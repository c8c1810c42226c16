"""The status of a stack that runs: rates, ages, memory, faults.

What is heard goes in, a screen or plain data comes out.
"""
