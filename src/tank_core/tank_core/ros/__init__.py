"""What knows ROS 2: names, conversions, and the node that is common to all"""
