"""ROS 2 in the client: messages as what the pure parts know."""
