from setuptools import find_packages, setup

package_name = "tank_hw_driver"

setup(
    name=package_name,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={package_name: ["py.typed", "boards/*.yaml"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{package_name}"]),
        (f"share/{package_name}", ["package.xml"]),
    ],
    install_requires=["setuptools", "numpy", "PyYAML", "smbus2", "gpiozero", "opencv-python"],
    zip_safe=False,
    maintainer="Tank maintainers",
    maintainer_email="maintainers@tank-robot.dev",
    description="Drives an Adeept RaspTank: motors, servos, battery, range sensor and camera, with "
    "a guardian that outlives crashes",
    license="Apache-2.0",
)
