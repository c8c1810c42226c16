"""Tank's core: command types, robot descriptions, the Backend contract. Nothing here but ``*_node.py`` and ``ros_*.py`` imports ROS."""
