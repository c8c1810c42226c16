"""The benchmark of journeys and answers, judged by the simulator."""
