"""Executes command lists: plans, their steps, and the node that hears them.

A new action is a primitive: a class in ``behaviors/`` whose ``script`` yields until the step is
done, and a line in ``primitives.py`` that says whose it is. ``script.py`` states what a script may
see and say; ``motion/`` and ``hand.py`` hold the moves that scripts are made of; ``running/`` runs
the steps of a plan, ``plan_runner.py`` one plan after the other. ROS is met in
``executor_node.py`` and ``ros/`` only.
"""
