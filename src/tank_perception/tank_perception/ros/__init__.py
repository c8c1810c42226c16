"""Between perception and ROS 2"""
