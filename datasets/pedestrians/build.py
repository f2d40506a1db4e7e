"""Fetches the video of the pedestrians dataset, which is not in the repository; datasheet.md says why."""

from __future__ import annotations

from pathlib import Path

from sources import deb_files, debian

PACKAGE, PACKAGE_VERSION = "opencv-doc", "4.6.0+dfsg-12"
PACKAGE_SHA256 = "4b12681df35878207ac7097dc66184b2ae552e4bf4ddd2af04a0f03ed0b8682a"
FILE = "usr/share/doc/opencv-doc/examples/data/vtest.avi"

VERSION = "1"
SUMMARY = "the street scene of OpenCV's tutorials, 795 frames; its owner grants its use for research, not passing it on"
LICENCE = "LicenseRef-PETS2009"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"Debian {PACKAGE} {PACKAGE_VERSION}"
VENDORED = False


def build(out: Path) -> None:
    """Writes the video, byte for byte as the package has it, into the folder ``out``."""
    files = deb_files(debian(PACKAGE, PACKAGE_VERSION, PACKAGE_SHA256), FILE)
    (out / "pedestrians.avi").write_bytes(files[FILE])
