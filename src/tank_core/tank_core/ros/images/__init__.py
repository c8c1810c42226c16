"""Images between Tank and ROS; here alone OpenCV is needed."""
