"""Finding, grasping and placing, judged by the simulator"""
