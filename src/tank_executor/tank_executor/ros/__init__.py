"""The executor's side of ROS 2: messages, the action, and what it hears."""
