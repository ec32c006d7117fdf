"""Writes the description of the API: `python -m loyalty.web.api > docs/openapi.json`."""

import json
import sys

from loyalty.web.api.openapi import document

if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
