"""ROS 2: names, conversions, and the nodes that all packages share."""
