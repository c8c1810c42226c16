"""Images of episodes as H.264 in MP4, several in a file.

Each frame is predicted from the one before at most and none from a later one, so any frame is found
quickly, a packet is a frame, and files are joined without encoding anything anew.
"""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from tank_learning.skills.dataset.demonstration import Frames
from tank_learning.skills.dataset.spec import DatasetError

QUALITY = "20"  # crf: 0 is lossless, 51 the worst
# one thread, because the bytes depend on their number
OPTIONS = {"crf": QUALITY, "g": "2", "bf": "0", "preset": "medium", "threads": "1"}
# no dates and no versions in the container: the same images are the same bytes
EXACT = {"fflags": "+bitexact"}


def encoded(images: Frames, fps: int) -> bytes:
    """Images (n, height, width, 3) as a file.

    Raises DatasetError for odd sizes.
    """
    height, width = images.shape[1:3]
    if height % 2 or width % 2:
        raise DatasetError(f"images are {width}x{height} px; H.264 wants even numbers of both")
    data = io.BytesIO()
    with av.open(data, "w", format="mp4", container_options=EXACT) as container:
        stream = container.add_stream("libx264", rate=fps, options=dict(OPTIONS))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, fps)
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return data.getvalue()


def joined(first: bytes, keep: int, second: bytes, fps: int) -> bytes | None:
    """The first ``keep`` frames of a file, then all of another, in one file.

    None where they were encoded in different ways, so that one file cannot hold both.
    """
    data = io.BytesIO()
    with (
        av.open(io.BytesIO(first)) as one,
        av.open(io.BytesIO(second)) as other,
        av.open(data, "w", format="mp4", container_options=EXACT) as container,
    ):
        streams = one.streams.video[0], other.streams.video[0]
        if streams[0].codec_context.extradata != streams[1].codec_context.extradata:
            return None
        target = container.add_stream_from_template(streams[0])
        done = _copy(one, container, target, 0, keep, fps)
        if done < keep:
            raise DatasetError(f"a video has {done} frames where {keep} were written; restore it")
        _copy(other, container, target, keep, None, fps)
    return data.getvalue()


def decoded(path: Path, start: int, count: int, fps: int) -> Frames:
    """``count`` images from frame ``start`` of a file on.

    Raises DatasetError where it does not have them.
    """
    images: list[Any] = []
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            container.seek(round(start / fps / stream.time_base), stream=stream)
            for frame in container.decode(stream):
                number = round(frame.pts * stream.time_base * fps)
                if number == start + len(images):
                    images.append(frame.to_ndarray(format="rgb24"))
                if len(images) == count:
                    return np.stack(images)
    except (av.FFmpegError, OSError) as error:
        raise DatasetError(f"{path} cannot be read: {error}; restore the file") from None
    raise DatasetError(
        f"{path} has no frames {start} to {start + count - 1}; it has been cut, so restore it"
    )


def _copy(source: Any, container: Any, target: Any, offset: int, most: int | None, fps: int) -> int:
    """Copy packets to frame ``offset`` and on; the number of them."""
    done = 0
    for packet in source.demux(video=0):
        if packet.dts is None or done == most:
            continue
        packet.stream = target
        packet.time_base = Fraction(1, fps)
        packet.pts = packet.dts = offset + done
        packet.duration = 1
        container.mux(packet)
        done += 1
    return done
