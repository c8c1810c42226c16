"""What the robot does: scripts that yield until a step is done"""
