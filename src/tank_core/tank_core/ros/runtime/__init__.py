"""How nodes run in a process: the executor, discovery, the environment"""
