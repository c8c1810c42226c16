"""ROS 2 in the simulator: its parameters, and what it tells of its world."""
