"""Between the runner and ROS 2"""
