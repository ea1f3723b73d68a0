"""How the bytes of a public check arrive: straight into the folder that goes with the request, up to the limit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers, StopUpload


class IntoFolder(FileUploadHandler):
    """Writes the first file into `folder`; stops reading the request as soon as it is too large."""

    chunk_size = 1024 * 1024

    def __init__(self, folder: Path, *, most: int) -> None:
        super().__init__()
        self.path = folder / "list"
        self.most = most
        self.is_complete = False
        self.is_too_big = False
        self.name = ""
        self._size = 0
        self._out: Any = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self._out is not None:
            raise StopUpload(connection_reset=True)  # one file, not many
        self.name = str(self.file_name or "")
        self._out = self.path.open("wb")
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - as Django calls it
        self._size += len(raw_data)
        if self._size > self.most:
            self.is_too_big = True
            self.close()
            raise StopUpload(connection_reset=True)
        self._out.write(raw_data)

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002 - as Django calls it
        """The file is where it belongs: the request need not hold it, too."""
        self._out.close()
        self.is_complete = True

    def close(self) -> None:
        """However the request ended."""
        if self._out is not None:
            self._out.close()
