"""The robot's actions, as scripts that yield until a step is done.

A new action goes here: a subclass of ``script.Primitive`` whose ``script`` is a generator. It looks
at its Context, yields a TickOutput for each tick, and returns Done or Failed. It never waits or
reads a clock. It is made of the scripts that are here already, such as ``driving.drive``,
``search.find`` and ``hand.go``, by ``yield from``. Its line in ``primitives.py`` gives it its
command.
"""
