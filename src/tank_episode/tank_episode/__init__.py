"""A sentence, a robot and a room in one process, without ROS and as fast as the machine can."""
