"""Checks of a robot's wiring, beyond what the types of its values say."""

from __future__ import annotations

from collections.abc import Iterator

from tank_hw_driver.hardware.description import BCM_PINS, PWM_CHANNELS, Hardware


def faults(hardware: Hardware) -> Iterator[str]:
    """Sentences on all that types alone do not say."""
    yield from _motor_faults(hardware)
    yield from _servo_faults(hardware)
    chip, battery, finder = hardware.pca9685, hardware.battery, hardware.range_finder
    if not 0x40 <= chip.address <= 0x7F:
        yield f"pca9685: address is {chip.address:#x}; a PCA9685 has 0x40 to 0x7f"
    if not 24.0 <= chip.frequency <= 1526.0:
        yield f"pca9685: frequency is {chip.frequency:g}; the chip makes 24 to 1526 Hz"
    if not 20e6 <= chip.oscillator <= 30e6:
        yield f"pca9685: oscillator is {chip.oscillator:g}; it is near 25e6 Hz (20e6 to 30e6)"
    if not 0.005 <= hardware.i2c.timeout <= 1.0:
        yield f"i2c: timeout is {hardware.i2c.timeout:g}; give 0.005 to 1 s"
    if battery is not None:
        if not 0 < battery.stop < battery.arm < battery.warn < battery.full:
            steps = (
                f"stop {battery.stop:g}, arm {battery.arm:g}, warn {battery.warn:g}, full "
                f"{battery.full:g}"
            )
            yield f"battery: {steps} V must rise in this order"
        if not (
            1.0 <= battery.reference <= 6.0
            and 1.0 <= battery.divider <= 20.0
            and 0 <= battery.channel <= 7
        ):
            yield "battery: reference must be 1 to 6 V, divider 1 to 20, channel 0 to 7"
    if finder is not None:
        if finder.trigger == finder.echo:
            yield f"range_finder: trigger and echo are both {finder.trigger}; give each its own pin"
        for name, pin in (("trigger", finder.trigger), ("echo", finder.echo)):
            if not 0 <= pin < BCM_PINS:
                yield f"range_finder: {name} is {pin}; BCM pins are 0 to {BCM_PINS - 1}"
        if not (1.0 <= finder.rate <= 40.0 and 0.005 <= finder.timeout <= 0.2):
            yield "range_finder: rate must be 1 to 40 Hz, timeout 0.005 to 0.2 s"


def _motor_faults(hardware: Hardware) -> Iterator[str]:
    tracks = hardware.tracks
    for name, port in hardware.motor_ports.items():
        top = PWM_CHANNELS if port.enable is None else BCM_PINS
        for key in ("in1", "in2", "enable"):
            number = getattr(port, key)
            if number is not None and not 0 <= number < top:
                yield f"motor_ports: {name}: {key} is {number}; give 0 to {top - 1}"
        if port.in1 == port.in2:
            yield f"motor_ports: {name}: in1 and in2 are both {port.in1}; give each its own"
    for side, track in (("left", tracks.left), ("right", tracks.right)):
        if track.port not in hardware.motor_ports:
            yield (
                f"tracks: {side}: port {track.port!r} is not known; this board has "
                f"{', '.join(hardware.motor_ports)}"
            )
        if not 0.0 <= track.dead_band < 0.95:
            yield f"tracks: {side}: dead_band is {track.dead_band:g}; give 0 to 0.95 of full duty"
        if not 0.02 <= track.full_speed <= 3.0:
            yield f"tracks: {side}: full_speed is {track.full_speed:g}; give 0.02 to 3 m/s"
    if tracks.left.port == tracks.right.port:
        yield f"tracks: left and right both have port {tracks.left.port}; give each its own"
    if not 0.5 <= tracks.slew <= 100.0:
        yield f"tracks: slew is {tracks.slew:g}; give 0.5 to 100 full duties a second"
    if not 0.5 <= tracks.separation_multiplier <= 5.0:
        yield f"tracks: separation_multiplier is {tracks.separation_multiplier:g}; give 0.5 to 5"
    if not 20.0 <= tracks.pwm_frequency <= 10_000.0:
        yield f"tracks: pwm_frequency is {tracks.pwm_frequency:g}; give 20 to 10000 Hz"


def _servo_faults(hardware: Hardware) -> Iterator[str]:
    used: dict[int, str] = {}
    for name, port in hardware.motor_ports.items():
        if port.enable is None and name in (hardware.tracks.left.port, hardware.tracks.right.port):
            used |= {port.in1: f"motor port {name}", port.in2: f"motor port {name}"}
    for name, servo in hardware.servos.items():
        where = f"servos: {name}:"
        if not 0 <= servo.channel < PWM_CHANNELS:
            yield f"{where} channel is {servo.channel}; the PCA9685 has 0 to {PWM_CHANNELS - 1}"
        if servo.channel in used:
            yield (
                f"{where} channel {servo.channel} is taken by {used[servo.channel]}; give each "
                "its own"
            )
        used[servo.channel] = name
        if not 300.0 <= servo.min_us < servo.max_us <= 2700.0:
            yield (
                f"{where} min_us {servo.min_us:g} and max_us {servo.max_us:g} must be 300 to "
                "2700 us, the first the smaller"
            )
        if not servo.min_us <= servo.center_us <= servo.max_us:
            yield (
                f"{where} center_us {servo.center_us:g} is outside min_us {servo.min_us:g} to "
                f"max_us {servo.max_us:g}"
            )
        for key, low, high in (
            ("us_per_rad", 200.0, 1500.0),
            ("velocity", 0.05, 20.0),
            ("acceleration", 0.1, 500.0),
            ("trim", -1.0, 1.0),
        ):
            if not low <= getattr(servo, key) <= high:
                yield f"{where} {key} is {getattr(servo, key):g}; give {low:g} to {high:g}"
    tilt = hardware.camera.tilt
    if tilt and tilt not in hardware.servos:
        yield f"camera: tilt {tilt!r} is no servo; there are {', '.join(hardware.servos)}"
    if not (
        0.0 <= hardware.servo_start.interval <= 5.0
        and 0.0 <= hardware.servo_start.relax_after <= 3600.0
    ):
        yield "servo_start: interval must be 0 to 5 s, relax_after 0 to 3600 s"
