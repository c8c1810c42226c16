"""Motors and servos: from what is commanded to duties and pulses."""
