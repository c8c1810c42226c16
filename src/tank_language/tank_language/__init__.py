"""English in, validated robot commands out. Only ``*_node.py`` imports ROS."""
