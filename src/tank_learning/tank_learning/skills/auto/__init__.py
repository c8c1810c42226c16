"""The autonomous learner.

It collects, trains, validates, thinks and pauses by itself.
"""
