"""A round folder as one file: packed into a zip, and taken out of one."""

import io
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from shadowing.errors import Refusal
from shadowing.folders.reading import ROUND, table_name
from shadowing.folders.writing import export
from shadowing.mail.reasons import Translate
from shadowing.models import Round

UNPACKED_MOST = 100 * 1024 * 1024


def pack(round: Round, translate: Translate) -> bytes:
    """The folder that `flask rounds export` writes, without who must not meet."""
    file = io.BytesIO()
    with tempfile.TemporaryDirectory() as where, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        export(round, Path(where), translate=translate)
        for path in sorted(Path(where).iterdir()):
            archive.write(path, path.name)
    return file.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a round folder by their names, in whatever folder of the archive they stand. Raises Refusal.

    An archive that unpacks to more than any round is refused before it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            named = {PurePosixPath(part.filename).name: part for part in archive.infolist() if not part.is_dir()}
            wanted = {name: part for name, part in named.items() if name == ROUND or table_name(name)}
            if sum(part.file_size for part in wanted.values()) > UNPACKED_MOST:
                raise Refusal("This zip file is too large to be a round folder.")
            files = {name: archive.read(part) for name, part in wanted.items()}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        raise Refusal("This is no zip file. Pack the files of the round folder into one, and choose it.") from None
    if ROUND not in files:
        raise Refusal("There is no round.toml in this zip file, so it holds no round.")
    return files
