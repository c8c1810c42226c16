"""The benchmark of finding, grasping and placing, judged by the simulator."""
