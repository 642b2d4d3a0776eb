"""A new file that is on the disk once it is closed."""

from __future__ import annotations

import os
from pathlib import Path


class DurableFile:
    """A binary file, new at its path, whose bytes survive a loss of power once `close` returned.

    Opening fails when the path exists: nothing is overwritten. Errors of the disk leave as OSError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("xb")

    def write(self, data: bytes | memoryview) -> int:
        """Append bytes."""
        return self._file.write(data)

    def tell(self) -> int:
        """Return the number of bytes written."""
        return self._file.tell()

    def flush(self) -> None:
        """Hand what is buffered to the operating system."""
        self._file.flush()

    @property
    def closed(self) -> bool:
        """Whether the file was closed."""
        return self._file.closed

    def close(self) -> None:
        """Flush to the disk (fsync) and close. Does nothing the second time."""
        if self._file.closed:
            return
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def discard(self) -> None:
        """Close and remove the file: what was written must not be taken for a table."""
        self._file.close()
        self.path.unlink(missing_ok=True)
