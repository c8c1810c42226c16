from setuptools import find_packages, setup

package_name = "tank_ik"

setup(
    name=package_name,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={package_name: ["py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{package_name}"]),
        (f"share/{package_name}", ["package.xml"]),
    ],
    install_requires=["setuptools", "numpy"],
    zip_safe=False,
    maintainer="Tank maintainers",
    maintainer_email="maintainers@tank-robot.dev",
    description="Kinematics of serial revolute arms: forward, Jacobian, damped least squares and "
    "an exact solution",
    license="Apache-2.0",
)
