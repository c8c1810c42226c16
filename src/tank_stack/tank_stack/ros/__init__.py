"""What knows ROS 2's launch"""
