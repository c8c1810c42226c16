"""The page on the robot itself, from a process without ROS and numpy.

- ``framing``: letters and messages on a UNIX socket
- ``socket_server``: in the robot's process: the same as the page's server, on that socket
- ``relay``: the process that browsers reach: files, keys, and each page's socket passed on
- ``stopping``: a stop over that socket, and to the guardian, which needs neither
"""
