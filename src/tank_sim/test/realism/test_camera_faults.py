"""The camera's faults on images of one color and on an edge."""

import time as clock

import cv2
import numpy as np
import pytest

from tank_sim.realism.camera_faults import CameraFaults
from tank_sim.realism.levels import IDEAL, REAL, Realism

WIDTH, HEIGHT = 320, 240


def faults(seed=0, **numbers):
    return CameraFaults(Realism(**numbers), WIDTH, HEIGHT, seed)


def plain(*rgb):
    return np.full((HEIGHT, WIDTH, 3), rgb, np.uint8)


def test_an_ideal_camera_leaves_an_image_as_it_is():
    image = plain(10, 100, 250)
    assert (CameraFaults(IDEAL, WIDTH, HEIGHT, 1).spoil(image, 1.0) == image).all()


@pytest.mark.parametrize("sigma", [2.0, 4.0, 10.0])
def test_noise_has_its_standard_deviation_and_no_bias(sigma):
    noisy = faults(camera_noise=sigma).spoil(plain(100, 128, 150), 0.3).astype(float)
    assert noisy.std(axis=(0, 1)) == pytest.approx([sigma] * 3, rel=0.05)
    assert noisy.mean(axis=(0, 1)) == pytest.approx([100, 128, 150], abs=0.2)
    assert abs(np.corrcoef(noisy[:, :-1, 0].ravel(), noisy[:, 1:, 0].ravel())[0, 1]) < 0.05


def test_noise_is_new_in_each_frame_and_the_same_for_the_same_seed_and_time():
    image, camera = plain(100, 100, 100), faults(3, camera_noise=4.0)
    first, second = camera.spoil(image, 0.1), camera.spoil(image, 0.2)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.1
    assert (faults(3, camera_noise=4.0).spoil(image, 0.2) == second).all()
    assert (faults(4, camera_noise=4.0).spoil(image, 0.2) != second).any()


def test_black_and_white_do_not_wrap_around():
    noisy = faults(camera_noise=10.0).spoil(plain(0, 128, 255), 0.0)
    assert noisy[:, :, 0].max() < 80 and noisy[:, :, 2].min() > 175


def test_brightness_changes_over_time_and_the_balance_only_with_the_seed():
    camera = faults(camera_gain=0.03)
    grays = [camera.spoil(plain(120, 120, 120), step / 10)[0, 0] for step in range(300)]
    assert all(len(set(gray.tolist())) == 1 for gray in grays)
    assert np.std([gray[0] for gray in grays]) == pytest.approx(0.03 * 120, rel=0.2)
    casts = {
        tuple(faults(seed, white_balance=0.1).spoil(plain(120, 120, 120), step / 10)[0, 0])
        for seed in range(8)
        for step in range(9)
    }
    assert len(casts) == 8
    assert all(
        green == 120 and abs(red - 120.0) <= 12 and abs(blue - 120.0) <= 12
        for red, green, blue in casts
    )


def test_blur_softens_an_edge_and_keeps_the_light():
    image = plain(0, 0, 0)
    image[:, WIDTH // 2 :] = 200
    soft = faults(camera_blur=1.5).spoil(image, 0.0)[HEIGHT // 2, :, 0].astype(float)
    # 200 px^-1 before; 200 / (1.5 sqrt(2 pi)) = 53 after
    assert 40 < np.abs(np.diff(soft)).max() < 70
    assert soft.mean() == pytest.approx(image[0, :, 0].mean(), abs=1.0)


def test_it_costs_little_beside_what_an_image_costs_anyway():
    """Against a blur of the same image on the same machine.

    Each in its best of many: others use the machine, too.
    """
    camera, image = CameraFaults(REAL, 640, 480, 0), np.full((480, 640, 3), 90, np.uint8)
    spoiled, blurred = [], []
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    for step in range(30):
        spoiled.append(_cost(lambda step=step: camera.spoil(image, step / 10)))
        blurred.append(_cost(lambda: cv2.GaussianBlur(image, (0, 0), 2.0)))
    cv2.setNumThreads(threads)
    assert min(spoiled) < 4 * min(blurred)


def _cost(work):
    """[s] of this thread's own time, not of the clock's."""
    began = clock.thread_time()
    work()
    return clock.thread_time() - began
