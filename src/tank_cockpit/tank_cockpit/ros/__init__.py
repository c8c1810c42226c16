"""ROS 2 in the cockpit: what it hears, and what it asks for."""
