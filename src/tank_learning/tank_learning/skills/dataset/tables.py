"""The tables of a dataset: frames, episodes and tasks, as Parquet."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from tank_core.io import outputs
from tank_core.io.one_line import quoted, reason
from tank_learning.skills.dataset.spec import INDEX_COLUMNS, DatasetError

TASK_COLUMN = "__index_level_0__"  # pandas' name of an index without one


def read(path: Path) -> Any:
    """A table. Raises DatasetError where it cannot be read."""
    try:
        # read whole, not mapped: the file may be replaced while the table is used
        return pq.read_table(pa.BufferReader(path.read_bytes()))
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"{quoted(str(path))} cannot be read: {reason(error)}; restore the file"
        ) from None


def write(path: Path, table: Any, rows: Sequence[int] = ()) -> None:
    """Write a table, whole or not at all, in groups of so many ``rows``.

    Raises OutputError.
    """
    outputs.make_folder(path.parent)
    outputs.write(path, to_bytes(table, rows))


def to_bytes(table: Any, rows: Sequence[int] = ()) -> bytes:
    """A table as a file, in groups of so many ``rows``; else in one group."""
    data = io.BytesIO()
    with pq.ParquetWriter(data, table.schema, compression="snappy") as writer:
        start = 0
        for count in rows or (len(table),):
            writer.write_table(table.slice(start, count))
            start += count
    return data.getvalue()


def frames_table(
    columns: Mapping[str, npt.NDArray[np.float32]], index: Mapping[str, npt.NDArray[np.int64]]
) -> Any:
    """Frames of an episode: ``columns`` (n, k) or (n,), then the whole numbers."""
    fields = {name: _floats(values) for name, values in columns.items()}
    return pa.table(
        fields | {name: pa.array(index[name], pa.int64()) for name in INDEX_COLUMNS}
    )  # fmt: skip


def matrix(table: Any, name: str) -> npt.NDArray[np.float32]:
    """A column of a table, (n, k)."""
    column = table.column(name).combine_chunks()
    if pa.types.is_fixed_size_list(column.type) or pa.types.is_list(column.type):
        flat = column.flatten().to_numpy(zero_copy_only=False)
    else:
        flat = column.to_numpy(zero_copy_only=False)
    values: npt.NDArray[np.float32] = np.asarray(flat, dtype=np.float32)
    return values.reshape(len(table), -1)


def tasks_table(tasks: Sequence[str]) -> Any:
    """Tasks by their number, and for pandas the index.

    LeRobot reads it with pandas.
    """
    table = pa.table(
        {"task_index": pa.array(range(len(tasks)), pa.int64()), TASK_COLUMN: pa.array(tasks)}
    )
    text = {"pandas_type": "unicode", "numpy_type": "object"}
    pandas = {
        "index_columns": [TASK_COLUMN],
        "column_indexes": [
            {"name": None, "field_name": None, **text, "metadata": {"encoding": "UTF-8"}}
        ],
        "columns": [
            {"name": "task_index", "field_name": "task_index", "pandas_type": "int64",
             "numpy_type": "int64", "metadata": None},
            {"name": None, "field_name": TASK_COLUMN, **text, "metadata": None},
        ],
        "creator": {"library": "pyarrow", "version": pa.__version__},
        "pandas_version": "2.2.0",
    }  # fmt: skip
    return table.replace_schema_metadata({"pandas": json.dumps(pandas)})


def tasks_of(table: Any) -> tuple[str, ...]:
    """Tasks in the order of their numbers."""
    name = next(column for column in table.column_names if column != "task_index")
    pairs = zip(table.column("task_index").to_pylist(), table.column(name).to_pylist(), strict=True)
    return tuple(task for _, task in sorted(pairs))


def _floats(values: npt.NDArray[np.float32]) -> Any:
    flat = pa.array(np.ascontiguousarray(values, dtype=np.float32).ravel())
    width = values.shape[1] if values.ndim > 1 else 1
    # one number is no list for LeRobot, whatever its shape says
    return flat if width == 1 else pa.FixedSizeListArray.from_arrays(flat, width)
