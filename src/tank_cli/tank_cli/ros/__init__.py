"""What of the command line knows ROS 2."""
