"""Where the demo departs from a recording on purpose: at most ten, each with its reason."""

from __future__ import annotations

_SFTP = (
    "the second platform by name, BSD, offers sftp in the demo and not on the server: the settings of sftp, "
    "recorded for an asset (access-user-asset), stand where no platform with sftp was recorded"
)

ACCEPTED: dict[tuple[str, str], str] = {
    ("4.10", "assets-platforms"): _SFTP,
    ("3.10", "assets-platforms"): _SFTP,
}
"""(version, recording) → reason."""
