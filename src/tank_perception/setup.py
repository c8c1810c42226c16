from setuptools import find_packages, setup

package_name = "tank_perception"

setup(
    name=package_name,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={package_name: ["py.typed", "colors.yaml"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{package_name}"]),
        (f"share/{package_name}", ["package.xml"]),
    ],
    install_requires=["setuptools", "numpy", "opencv-python"],
    zip_safe=False,
    maintainer="Tank maintainers",
    maintainer_email="maintainers@tank-robot.dev",
    description="Finds colored objects in camera images, their places on the floor, and keeps "
    "track of them",
    license="Apache-2.0",
)
