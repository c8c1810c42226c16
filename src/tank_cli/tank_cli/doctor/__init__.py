"""What is wrong with this machine and the robot"""
