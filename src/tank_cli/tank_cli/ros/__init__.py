"""ROS 2 in the command line."""
