"""The cockpit: the robot in any browser, to look at, to talk to, and to stop.

``cockpit_node`` serves one page and speaks to the stack. What the page shows is data in ``board``,
what it may ask is ``protocol``, who may ask it is ``access``; all three are pure. A stop has a
thread and a port of its own (``stop_lane``), so nothing else here can keep it waiting.
"""
