"""The service layer: async, typed, cached, within a request budget; no Textual."""

import sys

# httpx works without its command line, which would bring click and rich along: 35 ms of every headless start
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
