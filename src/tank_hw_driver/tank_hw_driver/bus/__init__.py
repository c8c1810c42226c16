"""I2C and pins: the Pi's own, or the chip model's"""
