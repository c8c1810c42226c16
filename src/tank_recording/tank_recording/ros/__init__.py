"""ROS 2 in recordings: who listens, who publishes again, what messages mean."""
