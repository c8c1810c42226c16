"""English in, validated robot commands out. Only ``*_node.py`` imports ROS; ``pipeline`` makes the model and is not needed on a robot."""
